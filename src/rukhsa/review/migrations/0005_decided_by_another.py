"""The database refuses a decision by the person who examined the application, unless its service says why one may."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION review_decided_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.officer_id IS NULL OR NEW.proposed_by_id IS NOT NULL THEN
        RETURN NEW;  -- a rule, a committee, or two officers
    END IF;
    IF NOT EXISTS (
        SELECT FROM review_check WHERE application_id = NEW.application_id AND officer_id = NEW.officer_id
        UNION ALL
        SELECT FROM review_inspectionreport AS report JOIN review_inspection AS visit ON visit.id = report.inspection_id
        WHERE visit.application_id = NEW.application_id AND report.inspector_id = NEW.officer_id
        UNION ALL
        SELECT FROM review_opinion AS opinion JOIN review_referral AS referral ON referral.id = opinion.referral_id
        WHERE referral.application_id = NEW.application_id AND opinion.officer_id = NEW.officer_id
    ) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM applications_application AS application
        JOIN catalogue_serviceversion AS version
        ON version.id = coalesce(application.process_version_id, application.service_version_id)
        WHERE application.id = NEW.application_id
        AND jsonb_path_exists(version.meaning, '$.review.**."one-hand-because"')
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the person who examined an application does not decide it: %', NEW.application_id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER review_decision_by_another BEFORE INSERT ON review_decision
FOR EACH ROW EXECUTE FUNCTION review_decided_by_another();
"""
BACKWARD = """
DROP TRIGGER review_decision_by_another ON review_decision;
DROP FUNCTION review_decided_by_another();
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0004_coded_reasons")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
