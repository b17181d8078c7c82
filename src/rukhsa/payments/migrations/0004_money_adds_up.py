"""Numbers for receipts and attempts; refunds, deposits and notices become append-only; ledgers add up to nothing."""

from django.db import migrations

from rukhsa.audit.append_only import append_only

SEQUENCES = migrations.RunSQL(
    "CREATE SEQUENCE payments_receipt_number; CREATE SEQUENCE payments_attempt_number;",
    "DROP SEQUENCE payments_receipt_number; DROP SEQUENCE payments_attempt_number;",
)

# Looked at when the transaction commits, since the two sides of a movement are two rows.
BALANCE = migrations.RunSQL(
    """
    CREATE FUNCTION payments_movement_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT sum(amount) FROM payments_depositentry WHERE movement_id = NEW.movement_id) <> 0 THEN
            RAISE EXCEPTION 'the entries of movement % do not add up to nothing', NEW.movement_id
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER payments_movement_balances AFTER INSERT ON payments_depositentry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_movement_balances();
    """,
    """
    DROP TRIGGER payments_movement_balances ON payments_depositentry;
    DROP FUNCTION payments_movement_balances();
    """,
)

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


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_refunds_and_deposits")]

    operations = [
        SEQUENCES,
        BALANCE,
        CAPTURED_STAYS,
        append_only(
            "payments_refund", "payments_depositmovement", "payments_depositentry", "payments_gatewaynotice"
        ),
    ]
