"""Facts about keys and lists: published trust lists, lost keys, stops of issuing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0001_initial'),
        ('issuance', '0006_cosignatures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PublishedTrustList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveBigIntegerField(unique=True)),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='IssuingStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('operator', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='IssuingStart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('operator', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stop', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='start', to='issuance.issuingstop')),
            ],
        ),
        migrations.CreateModel(
            name='KeyCompromise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=10)),
                ('kid', models.CharField(max_length=16)),
                ('since', models.DateTimeField()),
                ('log_size', models.PositiveBigIntegerField()),
                ('reason', models.TextField()),
                ('operator', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kid', 'purpose', 'log_size'), name='one_mark_a_size')],
            },
        ),
        append_only(
            "issuance_publishedtrustlist",
            "issuance_keycompromise",
            "issuance_issuingstop",
            "issuance_issuingstart",
        ),
    ]
