"""Findings name the standard finding that was chosen, beside the officer's own words."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_reason_of_a_proposal'),
        ('review', '0023_added_steps'),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='reason',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.reason'),
        ),
    ]
