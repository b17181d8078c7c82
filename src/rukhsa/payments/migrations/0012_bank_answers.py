"""What banks answer about bank files. Two new tables; nothing that is there is read or written."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0006_data_protection'),
        ('payments', '0011_attempts_that_ended_unpaid'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('pain.002', 'Status'), ('camt.053', 'Statement')], max_length=8)),
                ('message', models.CharField(max_length=140)),
                ('about', models.CharField(max_length=140)),
                ('digest', models.CharField(max_length=64)),
                ('others', models.PositiveIntegerField()),
                ('taken_at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-taken_at'],
            },
        ),
        migrations.CreateModel(
            name='BankAnswerRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('reference', models.CharField(max_length=140)),
                ('status', models.CharField(max_length=20)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('words', models.CharField(blank=True, max_length=140)),
                ('outcome', models.CharField(choices=[('settled', 'Settled'), ('refused', 'Refused'), ('under-way', 'Under Way'), ('known', 'Known'), ('unknown-transfer', 'Unknown'), ('unknown-status', 'No Status'), ('other-amount', 'Amount'), ('not-given-to-the-bank', 'Not Given'), ('sent-after-refused', 'Sent After Refused'), ('refused-after-sent', 'Refused After Sent'), ('came-back', 'Came Back')], max_length=24)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='payments.bankanswer')),
                ('payout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_answers', to='payments.payout')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.AddConstraint(
            model_name='bankanswer',
            constraint=models.UniqueConstraint(fields=('authority', 'digest'), name='bank_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='bankanswerrow',
            constraint=models.UniqueConstraint(fields=('answer', 'number'), name='bank_answer_row_once'),
        ),
        append_only("payments_bankanswer", "payments_bankanswerrow"),
    ]
