"""Who approves a waiver or keeps a deposit has a mandate up to that amount; the database refuses it without."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
    CREATE FUNCTION payments_approved_within_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        charge uuid;
    BEGIN
        IF NEW.state <> 'approved' THEN
            RETURN NEW;
        END IF;
        IF TG_ARGV[0] = 'waive' THEN
            charge := to_jsonb(NEW) ->> 'charge_id';
        ELSE
            SELECT line.charge_id INTO charge FROM payments_chargeline AS line
            WHERE line.id = (to_jsonb(NEW) ->> 'line_id')::bigint;
        END IF;
        PERFORM FROM payments_charge JOIN applications_application AS application
            ON application.id = payments_charge.application_id
        WHERE payments_charge.id = charge AND rukhsa_within_mandate(
            NEW.mandate_id, NEW.decided_by_id, application.authority_id,
            coalesce(application.process_version_id, application.service_version_id),
            TG_ARGV[0], NEW.amount, NEW.decided_at);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no mandate of the officer allows this: %', TG_ARGV[0]
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER payments_waiver_within_mandate BEFORE INSERT OR UPDATE ON payments_waiver
    FOR EACH ROW EXECUTE FUNCTION payments_approved_within_mandate('waive');
    CREATE TRIGGER payments_forfeiture_within_mandate BEFORE INSERT OR UPDATE ON payments_forfeiture
    FOR EACH ROW EXECUTE FUNCTION payments_approved_within_mandate('forfeit');
"""
BACKWARD = """
    DROP TRIGGER payments_waiver_within_mandate ON payments_waiver;
    DROP TRIGGER payments_forfeiture_within_mandate ON payments_forfeiture;
    DROP FUNCTION payments_approved_within_mandate();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_within_mandate'),
        ('mandates', '0001_initial'),
        ('payments', '0005_gateway_contacts'),
    ]

    operations = [
        migrations.AddField(
            model_name='forfeiture',
            name='mandate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='mandate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
