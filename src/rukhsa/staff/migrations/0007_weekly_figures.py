"""Whether a person gets the figures of the week by mail: no one does without asking, and no table is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0006_letter_choices'),
    ]

    operations = [
        migrations.AddField(
            model_name='letterchoice',
            name='figures',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
