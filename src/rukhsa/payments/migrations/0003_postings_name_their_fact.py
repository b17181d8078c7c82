"""A posting names the fact that it is about by a foreign key, and no longer by a text with the fact's number in it."""

from django.db import migrations, models

# Postings are facts, which a trigger keeps from being changed: it stands aside for the length of this statement, in
# the transaction of the migration and under the lock of the table. The checks of keys are made at once, since
# PostgreSQL alters no table that still has some to make.
FACT_OF_EVENT = migrations.RunSQL(
    """
    ALTER TABLE payments_posting DISABLE TRIGGER payments_posting_append_only;
    UPDATE payments_posting SET
        kind = split_part(event, ':', 1),
        receipt_id = CASE WHEN event LIKE 'captured:%' THEN
            (SELECT id FROM payments_receipt WHERE attempt_id = split_part(event, ':', 2)::uuid) END,
        refund_id = CASE WHEN event LIKE 'owed:%' THEN split_part(event, ':', 2)::bigint END,
        payout_id = CASE
            WHEN event LIKE 'refunded:%' THEN (SELECT id FROM payments_payout
                WHERE refund_id = split_part(event, ':', 2)::bigint AND state = 'done')
            WHEN event LIKE 'returned:%' THEN (SELECT id FROM payments_payout
                WHERE release_id = split_part(event, ':', 2)::bigint AND state = 'done') END,
        movement_id = CASE WHEN event ~ '^(forfeited|released):' THEN split_part(event, ':', 2)::bigint END,
        settlement = CASE WHEN event ~ '^(settled|netted|kept):' THEN split_part(event, ':', 2)::uuid END;
    ALTER TABLE payments_posting ENABLE TRIGGER payments_posting_append_only;
    DO $$
    DECLARE lost text := (SELECT string_agg(event, ', ') FROM payments_posting
        WHERE num_nonnulls(receipt_id, refund_id, payout_id, movement_id, settlement) <> 1);
    BEGIN
        IF lost IS NOT NULL THEN
            RAISE EXCEPTION 'no fact is found for these postings: %', lost USING ERRCODE = 'check_violation',
                HINT = 'Nothing was changed. Run `rukhsa fsck` with the version before this one.';
        END IF;
    END $$;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    """,
    """
    ALTER TABLE payments_posting DISABLE TRIGGER payments_posting_append_only;
    UPDATE payments_posting AS posting SET event = kind || ':' || coalesce(
        (SELECT attempt_id::text FROM payments_receipt WHERE id = posting.receipt_id), posting.refund_id::text,
        (SELECT coalesce(refund_id, release_id)::text FROM payments_payout WHERE id = posting.payout_id),
        posting.movement_id::text, posting.settlement::text);
    ALTER TABLE payments_posting ENABLE TRIGGER payments_posting_append_only;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    """,
)


def _fact(model: str) -> models.OneToOneField:
    return models.OneToOneField(
        null=True, on_delete=models.PROTECT, related_name="posting", to=f"payments.{model}"
    )


def _only(fact: str, *kinds: str) -> models.Q:
    facts = ("receipt", "refund", "payout", "movement", "settlement")
    return models.Q(kind__in=[*kinds], **{f"{each}__isnull": each != fact for each in facts})


KINDS = models.CharField(
    choices=[
        ("captured", "Captured"),
        ("owed", "Owed"),
        ("refunded", "Refunded"),
        ("settled", "Settled"),
        ("netted", "Netted"),
        ("kept", "Kept"),
        ("forfeited", "Forfeited"),
        ("released", "Released"),
        ("returned", "Returned"),
    ],
    max_length=10,
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_notice_count")]

    operations = [
        migrations.AddField("Posting", "kind", models.CharField(max_length=10, null=True)),
        migrations.AddField("Posting", "receipt", _fact("receipt")),
        migrations.AddField("Posting", "refund", _fact("refund")),
        migrations.AddField("Posting", "payout", _fact("payout")),
        migrations.AddField("Posting", "movement", _fact("depositmovement")),
        migrations.AddField("Posting", "settlement", models.UUIDField(null=True)),
        migrations.AlterField("Posting", "event", models.CharField(max_length=80, null=True, unique=True)),
        FACT_OF_EVENT,
        migrations.RemoveField("Posting", "event"),
        migrations.AlterField("Posting", "kind", KINDS),
        migrations.AddConstraint(
            "Posting",
            models.CheckConstraint(
                condition=_only("receipt", "captured")
                | _only("refund", "owed")
                | _only("payout", "refunded", "returned")
                | _only("movement", "forfeited", "released")
                | _only("settlement", "settled", "netted", "kept"),
                name="posting_of_one_fact",
            ),
        ),
        migrations.AddConstraint(
            "Posting", models.UniqueConstraint(fields=("settlement", "kind"), name="settlement_posted_once")
        ),
    ]
