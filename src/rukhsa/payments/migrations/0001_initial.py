"""Charges, attempts and receipts, the one ledger that adds up to nothing, refunds, deposits and what two people agree on."""

import uuid

from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables

CAPTURED_STAYS = migrations.RunSQL(
    """
    CREATE FUNCTION payments_captured_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'attempt % is captured and stays so', OLD.id USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER payments_captured_stays BEFORE UPDATE ON payments_attempt FOR EACH ROW
        WHEN (OLD.state = 'captured' AND NEW.state <> 'captured') EXECUTE FUNCTION payments_captured_stays();
    """,
    """
    DROP TRIGGER payments_captured_stays ON payments_attempt;
    DROP FUNCTION payments_captured_stays();
    """,
)

# Looked at when the transaction commits, since the sides of a posting are rows of their own.
POSTINGS_BALANCE = migrations.RunSQL(
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


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("payments", "0002_facts_are_written_once"),
        ("payments", "0003_refunds_and_deposits"),
        ("payments", "0004_money_adds_up"),
        ("payments", "0005_one_ledger"),
        ("payments", "0006_payouts"),
        ("payments", "0007_waivers_and_links"),
        ("payments", "0008_deposits_held_and_their_accounts"),
        ("payments", "0009_found_by_index_and_resolved"),
        ("payments", "0010_agreements"),
        ("payments", "0011_accounts_compared"),
        ("payments", "0012_forfeitures"),
    ]

    dependencies = [
        ("applications", "0001_initial"),
        ("authorities", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="DepositAccount",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("iban", models.CharField(max_length=34)),
                    ("at", models.DateTimeField()),
                    (
                        "application",
                        models.ForeignKey(on_delete=models.PROTECT, related_name="deposit_accounts", to="applications.application"),
                    ),
                    ("given_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="Charge",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    (
                        "due",
                        models.CharField(
                            choices=[
                                ("at-submission", "At Submission"),
                                ("after-decision", "After Decision"),
                                ("after-inspection", "After Inspection"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("assessed_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="charges", to="applications.application")),
                    ("number", models.PositiveSmallIntegerField(default=1)),
                ],
                options={
                    "indexes": [models.Index(fields=["amount", "-assessed_at"], name="charges_by_amount")],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(amount__gte=0), name="charge_not_negative"),
                        models.UniqueConstraint(fields=("application", "due", "number"), name="one_charge_a_moment"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PaymentLink",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("made_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("revoked_at", models.DateTimeField(null=True)),
                    ("charge", models.ForeignKey(on_delete=models.PROTECT, related_name="links", to="payments.charge")),
                    ("made_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(revoked_at=None), fields=("charge",), name="one_link_of_a_charge")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Waiver",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("rule", models.CharField(max_length=60)),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("reason", models.CharField(max_length=400)),
                    (
                        "state",
                        models.CharField(
                            choices=[("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
                            default="proposed",
                            max_length=8,
                        ),
                    ),
                    ("refusal", models.CharField(blank=True, max_length=400)),
                    ("proposed_at", models.DateTimeField()),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("charge", models.ForeignKey(on_delete=models.PROTECT, related_name="waivers", to="payments.charge")),
                    ("decided_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("proposed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [
                        models.Index(condition=models.Q(state="proposed"), fields=["authority", "proposed_at"], name="waivers_to_decide")
                    ],
                    "constraints": [
                        models.UniqueConstraint(condition=~models.Q(state="refused"), fields=("charge", "rule"), name="one_waiver_a_line"),
                        models.CheckConstraint(condition=models.Q(amount__gt=0), name="waiver_of_something"),
                        models.CheckConstraint(condition=~models.Q(reason=""), name="waived_with_a_reason"),
                        models.CheckConstraint(
                            condition=models.Q(state__in=["proposed", "refused"])
                            | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                            name="waiver_approved_by_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ChargeLine",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("rule", models.CharField(max_length=60)),
                    ("kind", models.CharField(choices=[("fee", "Fee"), ("fine", "Fine"), ("deposit", "Deposit")], max_length=10)),
                    ("amount", models.BigIntegerField()),
                    ("explanation", models.JSONField(default=dict)),
                    ("charge", models.ForeignKey(on_delete=models.PROTECT, related_name="lines", to="payments.charge")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("charge", "rule"), name="one_line_a_rule"),
                        models.CheckConstraint(condition=models.Q(amount__gte=0), name="line_not_negative"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Forfeiture",
                fields=[
                    (
                        "state",
                        models.CharField(
                            choices=[("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
                            default="proposed",
                            max_length=8,
                        ),
                    ),
                    ("refusal", models.CharField(blank=True, max_length=400)),
                    ("proposed_at", models.DateTimeField()),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("reason", models.CharField(max_length=400)),
                    ("photos", models.JSONField(default=list)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("decided_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("line", models.ForeignKey(on_delete=models.PROTECT, related_name="forfeitures", to="payments.chargeline")),
                    ("proposed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(state="proposed"), fields=["authority", "proposed_at"], name="forfeitures_to_decide"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(state__in=["proposed", "refused"])
                            | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                            name="forfeiture_approved_by_another",
                        ),
                        models.UniqueConstraint(condition=models.Q(state="proposed"), fields=("line",), name="one_forfeiture_at_a_time"),
                        models.CheckConstraint(condition=models.Q(amount__gt=0), name="forfeiture_of_something"),
                        models.CheckConstraint(condition=~models.Q(reason=""), name="forfeiture_with_a_reason"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HeldDeposit",
                fields=[
                    (
                        "line",
                        models.OneToOneField(
                            on_delete=models.PROTECT, primary_key=True, related_name="held_row", serialize=False, to="payments.chargeline"
                        ),
                    ),
                    ("held_at", models.DateTimeField()),
                    ("unclaimed_since", models.DateTimeField(null=True)),
                    ("reminders", models.PositiveSmallIntegerField(default=0)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("freed_iban", models.CharField(blank=True, max_length=34)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(unclaimed_since__isnull=False),
                            fields=["authority", "unclaimed_since"],
                            name="deposits_unclaimed",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="DepositMovement",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "kind",
                        models.CharField(choices=[("held", "Held"), ("forfeited", "Forfeited"), ("released", "Released")], max_length=10),
                    ),
                    ("reason", models.CharField(blank=True, max_length=400)),
                    ("iban", models.CharField(blank=True, max_length=34)),
                    ("at", models.DateTimeField()),
                    ("actor", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("line", models.ForeignKey(on_delete=models.PROTECT, related_name="movements", to="payments.chargeline")),
                    ("photos", models.JSONField(default=list)),
                    (
                        "forfeiture",
                        models.OneToOneField(null=True, on_delete=models.PROTECT, related_name="movement", to="payments.forfeiture"),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(kind="held"), fields=("line",), name="a_deposit_is_held_once"),
                        models.CheckConstraint(
                            condition=~models.Q(kind="forfeited") | ~models.Q(reason=""), name="forfeited_with_a_reason"
                        ),
                        models.CheckConstraint(condition=~models.Q(kind="released") | ~models.Q(iban=""), name="released_to_an_iban"),
                        models.CheckConstraint(
                            condition=~models.Q(kind="forfeited") | models.Q(forfeiture__isnull=False), name="forfeited_by_two"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attempt",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("gateway", models.CharField(max_length=20)),
                    ("reference", models.CharField(max_length=40, unique=True)),
                    ("gateway_reference", models.CharField(blank=True, max_length=80)),
                    ("address", models.URLField(blank=True, max_length=500)),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("initiated", "Initiated"),
                                ("redirected", "Redirected"),
                                ("captured", "Captured"),
                                ("failed", "Failed"),
                                ("cancelled", "Cancelled"),
                                ("voided", "Voided"),
                                ("denied", "Denied"),
                                ("expired", "Expired"),
                                ("needs-review", "Needs Review"),
                            ],
                            default="initiated",
                            max_length=12,
                        ),
                    ),
                    ("result", models.CharField(blank=True, max_length=60)),
                    ("started_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("started_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("charge", models.ForeignKey(on_delete=models.PROTECT, related_name="attempts", to="payments.charge")),
                    ("asked_at", models.DateTimeField(null=True)),
                    ("given_up_at", models.DateTimeField(null=True)),
                    ("return_address", models.URLField(max_length=500)),
                    ("link", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="attempts", to="payments.paymentlink")),
                    ("card", models.CharField(blank=True, max_length=4)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(state__in=["initiated", "redirected"]), fields=["started_at"], name="attempts_without_an_end"
                        ),
                        models.Index(condition=models.Q(state="needs-review"), fields=["started_at"], name="attempts_to_look_at"),
                        models.Index(condition=models.Q(state="captured"), fields=["-ended_at"], name="captures_newest_first"),
                        models.Index(
                            condition=~models.Q(gateway_reference=""), fields=["gateway_reference"], name="attempts_by_their_reference"
                        ),
                        models.Index(condition=~models.Q(card=""), fields=["card", "-started_at"], name="attempts_by_last_digits"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(state__in=["initiated", "redirected"]), fields=("charge",), name="one_open_attempt"
                        ),
                        models.CheckConstraint(condition=models.Q(amount__gt=0), name="attempt_of_something"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Resolution",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("outcome", models.CharField(choices=[("captured", "Captured"), ("failed", "Failed")], max_length=8)),
                    ("statement", models.CharField(max_length=80)),
                    (
                        "state",
                        models.CharField(
                            choices=[("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
                            default="proposed",
                            max_length=8,
                        ),
                    ),
                    ("proposed_at", models.DateTimeField()),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("attempt", models.ForeignKey(on_delete=models.PROTECT, related_name="resolutions", to="payments.attempt")),
                    ("decided_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("proposed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("refusal", models.CharField(blank=True, max_length=400)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(state="proposed"), fields=("attempt",), name="one_resolution_at_a_time"),
                        models.CheckConstraint(condition=~models.Q(statement=""), name="resolved_by_a_statement"),
                        models.CheckConstraint(
                            condition=models.Q(state__in=["proposed", "refused"])
                            | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                            name="resolution_approved_by_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="GatewayNotice",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("gateway", models.CharField(max_length=20)),
                    ("event", models.CharField(max_length=128)),
                    ("raw", models.BinaryField()),
                    ("received_at", models.DateTimeField()),
                    ("attempt", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="notices", to="payments.attempt")),
                    ("problem", models.CharField(blank=True, max_length=60)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("gateway", "event"), name="notice_once_for_ever")],
                },
            ),
            migrations.CreateModel(
                name="Receipt",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.CharField(max_length=24, unique=True)),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("at", models.DateTimeField()),
                    ("attempt", models.OneToOneField(null=True, on_delete=models.PROTECT, related_name="receipt", to="payments.attempt")),
                    ("charge", models.OneToOneField(on_delete=models.PROTECT, related_name="receipt", to="payments.charge")),
                ],
                options={
                    "indexes": [models.Index(fields=["-at"], name="receipts_by_day")],
                },
            ),
            migrations.CreateModel(
                name="Refund",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    (
                        "reason",
                        models.CharField(
                            choices=[
                                ("paid-twice", "Paid Twice"),
                                ("paid-after-giving-up", "Paid After Giving Up"),
                                ("overpaid", "Overpaid"),
                                ("underpaid", "Underpaid"),
                                ("application-closed", "Application Closed"),
                                ("quote-replaced", "Quote Replaced"),
                            ],
                            max_length=24,
                        ),
                    ),
                    ("due_at", models.DateTimeField()),
                    ("attempt", models.OneToOneField(on_delete=models.PROTECT, related_name="refund", to="payments.attempt")),
                ],
                options={
                    "constraints": [models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_of_something")],
                },
            ),
            migrations.CreateModel(
                name="Payout",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("channel", models.CharField(max_length=20)),
                    ("iban", models.CharField(blank=True, max_length=34)),
                    (
                        "state",
                        models.CharField(
                            choices=[("proposed", "Proposed"), ("sent", "Sent"), ("done", "Done"), ("refused", "Refused")],
                            default="proposed",
                            max_length=8,
                        ),
                    ),
                    ("reference", models.CharField(blank=True, max_length=80)),
                    ("refusal", models.CharField(blank=True, max_length=400)),
                    ("proposed_at", models.DateTimeField()),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("decided_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("proposed_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("refund", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="payouts", to="payments.refund")),
                    (
                        "release",
                        models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="payouts", to="payments.depositmovement"),
                    ),
                    ("is_compared", models.BooleanField(default=False)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(state__in=["proposed", "sent"]),
                            fields=["authority", "proposed_at"],
                            name="payouts_under_way",
                        ),
                        models.Index(condition=~models.Q(reference=""), fields=["reference"], name="payouts_by_reference"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(refund=None) ^ models.Q(release=None), name="payout_of_a_refund_or_a_release"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(state__in=["proposed", "sent", "done"]), fields=("refund",), name="refund_sent_once"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(state__in=["proposed", "sent", "done"]), fields=("release",), name="release_sent_once"
                        ),
                        models.CheckConstraint(
                            condition=~models.Q(channel="bank-transfer") | ~models.Q(iban=""), name="transfer_goes_to_an_account"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(state__in=["proposed", "refused"])
                            | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                            name="payout_approved_by_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Posting",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("event", models.CharField(max_length=80, unique=True)),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
                options={
                    "indexes": [models.Index(fields=["authority", "at"], name="postings_of_a_day")],
                },
            ),
            migrations.CreateModel(
                name="Entry",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "account",
                        models.CharField(
                            choices=[
                                ("clearing", "Clearing"),
                                ("bank", "Bank"),
                                ("commissions", "Commissions"),
                                ("differences", "Differences"),
                                ("fees", "Fees"),
                                ("fines", "Fines"),
                                ("forfeitures", "Forfeitures"),
                                ("deposits", "Deposits"),
                                ("releases", "Releases"),
                                ("overpayments", "Overpayments"),
                                ("underpayments", "Underpayments"),
                                ("refunds", "Refunds"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("gateway", models.CharField(blank=True, max_length=20)),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("line", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="entries", to="payments.chargeline")),
                    ("posting", models.ForeignKey(on_delete=models.PROTECT, related_name="entries", to="payments.posting")),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=~models.Q(amount=0), name="entry_is_of_something"),
                        models.CheckConstraint(
                            condition=models.Q(account="clearing") ^ models.Q(gateway=""), name="clearing_is_of_a_gateway"
                        ),
                    ],
                },
            ),
        ),
        # A transaction that is rolled back never gives a number again.
        migrations.RunSQL("CREATE SEQUENCE payments_receipt_number", "DROP SEQUENCE payments_receipt_number"),
        migrations.RunSQL("CREATE SEQUENCE payments_attempt_number", "DROP SEQUENCE payments_attempt_number"),
        CAPTURED_STAYS,
        POSTINGS_BALANCE,
        append_only(
            "payments_charge",
            "payments_chargeline",
            "payments_gatewaynotice",
            "payments_receipt",
            "payments_refund",
            "payments_posting",
            "payments_entry",
            "payments_depositmovement",
            "payments_depositaccount",
        ),
    ]
