
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0003_reference_numbers'),
        ('payments', '0002_facts_are_written_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DepositEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(choices=[('bank', 'Bank'), ('held', 'Held'), ('income', 'Income'), ('payable', 'Payable')], max_length=10)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
            ],
        ),
        migrations.CreateModel(
            name='DepositMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('held', 'Held'), ('forfeited', 'Forfeited'), ('released', 'Released')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('iban', models.CharField(blank=True, max_length=34)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(choices=[('paid-twice', 'Paid Twice'), ('paid-after-giving-up', 'Paid After Giving Up'), ('overpaid', 'Overpaid'), ('underpaid', 'Underpaid'), ('application-closed', 'Application Closed'), ('quote-replaced', 'Quote Replaced')], max_length=24)),
                ('due_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RefundPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('sent', 'Sent'), ('done', 'Done'), ('refused', 'Refused')], default='sent', max_length=8)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('sent_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='charge',
            name='one_charge_a_moment',
        ),
        migrations.AddField(
            model_name='attempt',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='given_up_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='return_address',
            field=models.URLField(default='', max_length=500),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='charge',
            name='number',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='gatewaynotice',
            name='problem',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['initiated', 'redirected'])), fields=('charge',), name='one_open_attempt'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='attempt_of_something'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(fields=('application', 'due', 'number'), name='one_charge_a_moment'),
        ),
        migrations.AddField(
            model_name='depositmovement',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='depositmovement',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='payments.chargeline'),
        ),
        migrations.AddField(
            model_name='depositentry',
            name='movement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payments.depositmovement'),
        ),
        migrations.AddField(
            model_name='refund',
            name='attempt',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='refund', to='payments.attempt'),
        ),
        migrations.AddField(
            model_name='refundpayment',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refundpayment',
            name='refund',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='payments.refund'),
        ),
        migrations.AddConstraint(
            model_name='depositmovement',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'held')), fields=('line',), name='a_deposit_is_held_once'),
        ),
        migrations.AddConstraint(
            model_name='depositmovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'forfeited'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='forfeited_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='depositmovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'released'), _negated=True), models.Q(('iban', ''), _negated=True), _connector='OR'), name='released_to_an_iban'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.UniqueConstraint(fields=('movement', 'account'), name='one_entry_an_account'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='entry_of_something'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_of_something'),
        ),
    ]
