"""No index of a reference that another index begins with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0011_fewer_indexes'),
        ('delivery', '0004_push'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application'),
        ),
    ]
