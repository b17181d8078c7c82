"""An index by which a road is found by its number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0002_surveys")]

    operations = [
        migrations.AddIndex(
            model_name="feature",
            index=models.Index(fields=["survey", "number"], name="features_by_number"),
        ),
    ]
