"""Attachments have a copy that officers see, notes on it, and the verdicts on sealed documents among them."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='is_sealed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='attachment',
            name='notes',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='attachment',
            name='shown_digest',
            field=models.CharField(default='', max_length=64),
        ),
        migrations.AddField(
            model_name='attachment',
            name='shown_media_type',
            field=models.CharField(default='', max_length=40),
        ),
        migrations.CreateModel(
            name='AttachmentVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=20)),
                ('reason', models.CharField(max_length=40)),
                ('told', models.JSONField()),
                ('at', models.DateTimeField()),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='applications.attachment')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        append_only("applications_attachmentverdict"),
    ]
