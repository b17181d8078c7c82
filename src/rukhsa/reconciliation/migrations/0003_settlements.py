"""What a statement and the books agree to comes to the bank: settlements, with their lines, are facts."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0003_committees'),
        ('reconciliation', '0002_facts_are_written_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='statementline',
            name='is_commission',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('count', models.IntegerField()),
                ('net', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='reconciliation.statement')),
            ],
        ),
        migrations.CreateModel(
            name='SettledLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=20)),
                ('reference', models.CharField(max_length=40)),
                ('of', models.CharField(choices=[('payment', 'Payment'), ('return', 'Return'), ('commission', 'Commission')], max_length=10)),
                ('booked', models.BigIntegerField()),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settled', to='reconciliation.statementline')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='reconciliation.settlement')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('gateway', 'reference', 'of'), name='payment_settled_once')],
            },
        ),
        append_only("reconciliation_settlement", "reconciliation_settledline"),
    ]
