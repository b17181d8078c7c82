"""Links by which holders share documents, and their checks."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0002_roles_of_administration'),
        ('issuance', '0004_one_table_of_stalls'),
        ('verification', '0001_asked_count'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('times', models.CharField(choices=[('once', 'Once'), ('week', 'Week')], max_length=4)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.agency')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuance.instrument')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ShareCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.agency')),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='verification.share')),
            ],
        ),
        migrations.CreateModel(
            name='ShareEnd',
            fields=[
                ('share', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='end', serialize=False, to='verification.share')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(fields=['instrument', '-made_at'], name='shares_of_instrument'),
        ),
        append_only("verification_share", "verification_shareend", "verification_sharecheck"),
    ]
