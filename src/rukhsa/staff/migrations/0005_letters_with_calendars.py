"""Letters that say a day and a place, with a file for the calendar."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0004_letters_about'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='calendar',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='letter',
            name='details',
            field=models.TextField(blank=True),
        ),
    ]
