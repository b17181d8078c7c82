"""Whether a person has a device that shows notices is read from the devices."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("delivery", "0006_fewer_indexes_of_references")]

    operations = [migrations.RemoveField("preference", "push")]
