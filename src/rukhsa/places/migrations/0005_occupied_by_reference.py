"""A place is held from the grant on, under the application's reference; the instrument's number comes later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0004_slots")]

    operations = [
        migrations.RenameField("occupation", "instrument", "reference"),
        migrations.AddField("occupation", "instrument", models.CharField(blank=True, max_length=40, default=""), preserve_default=False),
    ]
