"""One ledger for all money in place of the deposits' own: drawn from the facts so far, then append-only."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only

_KINDS = "CASE line.kind WHEN 'fee' THEN 'fees' ELSE 'deposits' END"
_OWED = "CASE refund.reason WHEN 'overpaid' THEN 'overpayments' WHEN 'underpaid' THEN 'underpayments' ELSE 'refunds' END"
_ATTEMPT = """
JOIN payments_attempt AS attempt ON attempt.id = {id}
JOIN payments_charge AS charge ON charge.id = attempt.charge_id
JOIN applications_application AS application ON application.id = charge.application_id
"""
_MOVED = """
FROM payments_depositmovement AS movement
JOIN payments_chargeline AS line ON line.id = movement.line_id
JOIN payments_charge AS charge ON charge.id = line.charge_id
JOIN applications_application AS application ON application.id = charge.application_id
JOIN payments_depositentry AS old ON old.movement_id = movement.id AND old.account IN ('income', 'payable')
"""


def _entries(account: str, amount: str, rows: str, gateway: str = "''", line: str = "NULL::bigint") -> str:
    return (
        "INSERT INTO payments_entry (posting_id, account, gateway, line_id, amount, currency)"
        f" SELECT posting.id, {account}, {gateway}, {line}, {amount}, currency FROM ({rows}) AS made"
        " JOIN payments_posting AS posting ON posting.event = made.event;"
    )


def _both(rows: str, debit: str, credit: str, **of: str) -> str:
    """The posting and both its sides; `rows` gives event, authority, at, amount and currency."""
    return "\n".join([
        "INSERT INTO payments_posting (event, authority_id, at)"
        f" SELECT event, authority_id, at FROM ({rows}) AS made;",
        _entries(debit, "amount", rows, of.get("debit_gateway", "''"), of.get("line", "NULL::bigint")),
        _entries(credit, "-amount", rows, of.get("credit_gateway", "''"), of.get("line", "NULL::bigint"))
        if credit else "",
    ])


_CAPTURED = f"""
SELECT 'captured:' || attempt.id AS event, application.authority_id, receipt.at, receipt.amount, receipt.currency,
       attempt.gateway
FROM payments_receipt AS receipt {_ATTEMPT.format(id="receipt.attempt_id")} WHERE receipt.amount > 0
"""
_PAID_FOR = f"""
SELECT 'captured:' || attempt.id AS event, line.id AS line, line.amount, charge.currency, {_KINDS} AS account
FROM payments_receipt AS receipt {_ATTEMPT.format(id="receipt.attempt_id")}
JOIN payments_chargeline AS line ON line.charge_id = charge.id WHERE line.amount > 0
"""
_OWING = f"""
SELECT 'owed:' || refund.id AS event, application.authority_id, refund.due_at AS at, refund.amount, refund.currency,
       attempt.gateway, {_OWED} AS account
FROM payments_refund AS refund {_ATTEMPT.format(id="refund.attempt_id")}
"""
_REFUNDED = f"""
SELECT 'refunded:' || refund.id AS event, application.authority_id, payment.ended_at AS at, refund.amount,
       refund.currency, {_OWED} AS account,
       CASE payment.channel WHEN 'bank-transfer' THEN 'bank' ELSE 'clearing' END AS source,
       CASE payment.channel WHEN 'bank-transfer' THEN '' ELSE payment.channel END AS gateway
FROM payments_refundpayment AS payment JOIN payments_refund AS refund ON refund.id = payment.refund_id
{_ATTEMPT.format(id="refund.attempt_id")} WHERE payment.state = 'done'
"""
_DEPOSITS = f"""
SELECT movement.kind || ':' || movement.id AS event, application.authority_id, movement.at, -old.amount AS amount,
       charge.currency, line.id AS line,
       CASE movement.kind WHEN 'forfeited' THEN 'forfeitures' ELSE 'releases' END AS account
{_MOVED}
"""
FILL = migrations.RunSQL(
    "\n".join([
        _both(_CAPTURED, "'clearing'", "", debit_gateway="gateway"),
        _entries("account", "-amount", _PAID_FOR, line="line"),
        _both(_OWING, "'clearing'", "account", debit_gateway="gateway"),
        _both(_REFUNDED, "account", "source", credit_gateway="gateway"),
        _both(_DEPOSITS, "'deposits'", "account", line="line"),
        # The tables are altered below, which no check of a key may be waiting for.
        "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;",
    ]),
    migrations.RunSQL.noop,
)

# Looked at when the transaction commits, since the sides of a posting are rows of their own.
BALANCE = migrations.RunSQL(
    """
    CREATE FUNCTION payments_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        posted bigint := CASE TG_TABLE_NAME WHEN 'payments_posting' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'posting_id')::bigint END;
    BEGIN
        IF NOT EXISTS (SELECT FROM payments_entry WHERE posting_id = posted)
           OR EXISTS (SELECT FROM payments_entry WHERE posting_id = posted GROUP BY currency HAVING sum(amount) <> 0)
        THEN
            RAISE EXCEPTION 'the entries of posting % do not add up to nothing', posted
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER payments_posting_balances AFTER INSERT ON payments_posting
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_posting_balances();
    CREATE CONSTRAINT TRIGGER payments_entry_balances AFTER INSERT ON payments_entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_posting_balances();
    """,
    """
    DROP TRIGGER payments_entry_balances ON payments_entry;
    DROP TRIGGER payments_posting_balances ON payments_posting;
    DROP FUNCTION payments_posting_balances();
    """,
)
OLD_BALANCE = migrations.RunSQL(
    """
    DROP TRIGGER payments_movement_balances ON payments_depositentry;
    DROP FUNCTION payments_movement_balances();
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0001_initial'),
        ('payments', '0004_money_adds_up'),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(choices=[('clearing', 'Clearing'), ('bank', 'Bank'), ('fees', 'Fees'), ('fines', 'Fines'), ('forfeitures', 'Forfeitures'), ('deposits', 'Deposits'), ('releases', 'Releases'), ('overpayments', 'Overpayments'), ('underpayments', 'Underpayments'), ('refunds', 'Refunds')], max_length=16)),
                ('gateway', models.CharField(blank=True, max_length=20)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
            ],
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=80, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name='chargeline',
            name='kind',
            field=models.CharField(choices=[('fee', 'Fee'), ('fine', 'Fine'), ('deposit', 'Deposit')], max_length=10),
        ),
        migrations.AddField(
            model_name='entry',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payments.chargeline'),
        ),
        migrations.AddField(
            model_name='posting',
            name='authority',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AddField(
            model_name='entry',
            name='posting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payments.posting'),
        ),
        FILL,
        OLD_BALANCE,
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(fields=['authority', 'at'], name='postings_of_a_day'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='entry_is_of_something'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('account', 'clearing'), ('gateway', ''), _connector='XOR'), name='clearing_is_of_a_gateway'),
        ),
        migrations.DeleteModel(
            name='DepositEntry',
        ),
        BALANCE,
        append_only("payments_posting", "payments_entry"),
    ]
