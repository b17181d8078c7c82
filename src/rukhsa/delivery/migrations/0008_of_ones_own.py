"""A notice may be about something of the person's own, which belongs to no application."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0011_fewer_indexes'),
        ('delivery', '0007_devices_are_asked'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='application',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('application', None)), fields=('person', 'event', 'channel'), name='told_once_of_ones_own'),
        ),
    ]
