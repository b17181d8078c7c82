"""A refused application may be reopened."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0007_quotas'),
    ]

    operations = [
        migrations.AlterField(
            model_name='step',
            name='act',
            field=models.CharField(choices=[('submit', 'Submit'), ('return', 'Return'), ('resubmit', 'Resubmit'), ('withdraw', 'Withdraw'), ('grant', 'Grant'), ('refuse', 'Refuse'), ('reopen', 'Reopen')], max_length=10),
        ),
    ]
