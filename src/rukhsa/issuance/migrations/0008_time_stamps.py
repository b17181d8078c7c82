"""Time stamps of signed files, written once, and the queue of those that wait for one."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('issuance', '0007_custody'),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitingStamp',
            fields=[
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='waiting_stamp', serialize=False, to='issuance.signedfile')),
            ],
        ),
        migrations.CreateModel(
            name='TimeStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.BinaryField()),
                ('stamped_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stamp', to='issuance.signedfile')),
            ],
        ),
        append_only("issuance_timestamp"),
    ]
