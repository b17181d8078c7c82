"""Deposits that are held get a list of their own, and applicants an account for them; pictures of what was kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only

HELD_SO_FAR = migrations.RunSQL(
    """
    INSERT INTO payments_helddeposit (line_id, authority_id, held_at, reminders)
    SELECT line.id, application.authority_id, min(movement.at), 0
    FROM payments_chargeline AS line
    JOIN payments_depositmovement AS movement ON movement.line_id = line.id AND movement.kind = 'held'
    JOIN payments_charge AS charge ON charge.id = line.charge_id
    JOIN applications_application AS application ON application.id = charge.application_id
    WHERE (SELECT sum(amount) FROM payments_entry WHERE line_id = line.id AND account = 'deposits') < 0
    GROUP BY line.id, application.authority_id;
    SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0004_reach_without_answers'),
        ('authorities', '0002_finance'),
        ('payments', '0007_waivers_and_links'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='depositmovement',
            name='photos',
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name='DepositAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iban', models.CharField(max_length=34)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deposit_accounts', to='applications.application')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HeldDeposit',
            fields=[
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='held_row', serialize=False, to='payments.chargeline')),
                ('held_at', models.DateTimeField()),
                ('unclaimed_since', models.DateTimeField(null=True)),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('unclaimed_since__isnull', False)), fields=['authority', 'unclaimed_since'], name='deposits_unclaimed')],
            },
        ),
        HELD_SO_FAR,
        append_only("payments_depositaccount"),
    ]
