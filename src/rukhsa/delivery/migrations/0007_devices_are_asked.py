"""Whether a person has a device that shows notices is read from the devices."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("delivery", "0006_fewer_indexes_of_references")]

    # The column stays, with its default: processes of the version before still read it while this one is put in.
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("preference", "push")])
    ]
