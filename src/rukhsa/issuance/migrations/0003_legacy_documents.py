"""Legacy documents: the registers that were read and what they hold."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0001_initial'),
        ('issuance', '0002_facts_are_written_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='LegacyImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('register', models.SlugField(max_length=60)),
                ('file_digest', models.CharField(max_length=64)),
                ('mapping_digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
        ),
        migrations.CreateModel(
            name='LegacyDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('register', models.SlugField(max_length=60)),
                ('row_number', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=40)),
                ('service', models.SlugField(max_length=60)),
                ('kind', models.CharField(max_length=120)),
                ('holder', models.CharField(max_length=120)),
                ('place', models.CharField(max_length=200)),
                ('issued_on', models.DateField()),
                ('amounts', models.JSONField(default=dict)),
                ('details', models.JSONField(default=dict)),
                ('raw', models.JSONField()),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='issuance.legacyimport')),
            ],
        ),
        migrations.AddConstraint(
            model_name='legacyimport',
            constraint=models.UniqueConstraint(fields=('register', 'file_digest', 'mapping_digest'), name='legacy_file_read_once'),
        ),
        migrations.AddIndex(
            model_name='legacydocument',
            index=models.Index(fields=['number'], name='legacy_by_number'),
        ),
        migrations.AddConstraint(
            model_name='legacydocument',
            constraint=models.UniqueConstraint(fields=('register', 'number'), name='legacy_number_once_a_register'),
        ),
        append_only('issuance_legacyimport', 'issuance_legacydocument'),
    ]
