"""How each of the staff wants to be told of work."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_what_ekey_tells'),
        ('staff', '0005_letters_with_calendars'),
    ]

    operations = [
        migrations.CreateModel(
            name='LetterChoice',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='letter_choice', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('how', models.CharField(choices=[('at-once', 'At Once'), ('daily', 'Daily'), ('never', 'Never')], default='daily', max_length=8)),
                ('at', models.DateTimeField()),
            ],
        ),
    ]
