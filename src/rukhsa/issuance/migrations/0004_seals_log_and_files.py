"""Seals, the log, signed files and closures; what an intent is for, and by which definition."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0001_initial'),
        ('catalogue', '0002_facts_are_written_once'),
        ('issuance', '0003_legacy_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='intent',
            name='origin',
            field=models.CharField(default=0, max_length=80, unique=True),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='intent',
            name='printed',
            field=models.JSONField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='intent',
            name='service_version',
            field=models.ForeignKey(default=0, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.serviceversion'),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closes', to='issuance.instrument')),
                ('instrument', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closure', to='issuance.instrument')),
            ],
        ),
        migrations.CreateModel(
            name='LogCheckpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField()),
                ('size', models.PositiveBigIntegerField()),
                ('note', models.TextField()),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
        ),
        migrations.CreateModel(
            name='LogLeaf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('entry', models.BinaryField()),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('intent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='issuance.intent')),
            ],
        ),
        migrations.CreateModel(
            name='WaitingLeaf',
            fields=[
                ('leaf', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='waiting', serialize=False, to='issuance.logleaf')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
        ),
        migrations.CreateModel(
            name='LogPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.PositiveBigIntegerField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuance.logcheckpoint')),
                ('leaf', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='place', to='issuance.logleaf')),
            ],
        ),
        migrations.CreateModel(
            name='Sealing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kid', models.CharField(max_length=16)),
                ('signature', models.CharField(max_length=128)),
                ('issued_at', models.DateTimeField()),
                ('intent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sealing', to='issuance.intent')),
            ],
        ),
        migrations.CreateModel(
            name='SignedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('intent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='file', to='issuance.intent')),
            ],
        ),
        migrations.AddConstraint(
            model_name='logcheckpoint',
            constraint=models.UniqueConstraint(fields=('authority', 'sequence'), name='one_next_checkpoint'),
        ),
        migrations.AddConstraint(
            model_name='logcheckpoint',
            constraint=models.UniqueConstraint(fields=('authority', 'size'), name='log_only_grows'),
        ),
        migrations.AddConstraint(
            model_name='logleaf',
            constraint=models.UniqueConstraint(fields=('intent', 'kind'), name='one_leaf_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='logplace',
            constraint=models.UniqueConstraint(fields=('authority', 'index'), name='one_leaf_a_place'),
        ),
        migrations.RunSQL("CREATE SEQUENCE issuance_number", "DROP SEQUENCE issuance_number"),
        append_only(
            "issuance_sealing",
            "issuance_logleaf",
            "issuance_logcheckpoint",
            "issuance_logplace",
            "issuance_signedfile",
            "issuance_closure",
        ),
    ]
