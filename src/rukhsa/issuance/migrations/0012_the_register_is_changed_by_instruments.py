"""The register of addresses takes a change only from a released instrument of a service that changes it."""

from django.db import migrations

GUARD = migrations.RunSQL(
    """
    CREATE FUNCTION places_register_by_instrument() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM issuance_instrument AS released
            JOIN issuance_intent AS intent ON intent.id = released.intent_id
            JOIN catalogue_serviceversion AS version ON version.id = intent.service_version_id
            WHERE intent.number = NEW.instrument
              AND version.meaning -> 'instrument' -> 'effects' @> '[{"changes-register": "address"}]'
        ) THEN
            RAISE EXCEPTION 'the register is changed by instruments of the address service alone, not by %',
                NEW.instrument USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER places_register_by_instrument BEFORE INSERT ON places_registerchange
        FOR EACH ROW EXECUTE FUNCTION places_register_by_instrument();
    """,
    """
    DROP TRIGGER places_register_by_instrument ON places_registerchange;
    DROP FUNCTION places_register_by_instrument();
    """,
)


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0011_renewals_and_copies"),
        ("places", "0006_lists_of_blocks"),
        ("catalogue", "0002_facts_are_written_once"),
    ]

    operations = [GUARD]
