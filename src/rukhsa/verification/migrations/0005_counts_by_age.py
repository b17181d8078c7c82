"""Old counts are found by their age, so that deleting them does not read the others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('verification', '0004_relying_agencies'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='askedcount',
            index=models.Index(fields=['minute'], name='asked_counts_by_age'),
        ),
    ]
