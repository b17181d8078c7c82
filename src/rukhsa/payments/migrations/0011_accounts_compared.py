"""Whoever asks for a transfer says that they compared an account whose bank nobody could check."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0010_agreements'),
    ]

    operations = [
        migrations.AddField(
            model_name='payout',
            name='is_compared',
            field=models.BooleanField(default=False),
        ),
    ]
