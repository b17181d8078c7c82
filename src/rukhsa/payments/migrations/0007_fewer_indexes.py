"""No index of a reference that another index begins with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0011_fewer_indexes'),
        ('authorities', '0006_data_protection'),
        ('payments', '0006_within_mandates'),
    ]

    operations = [
        migrations.AlterField(
            model_name='charge',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='applications.application'),
        ),
        migrations.AlterField(
            model_name='chargeline',
            name='charge',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.charge'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
    ]
