"""A draft remembers on which page each of its fields was typed last."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0003_status_codes'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='typed_on',
            field=models.JSONField(default=dict),
        ),
    ]
