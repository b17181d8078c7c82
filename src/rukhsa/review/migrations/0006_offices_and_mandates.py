"""The office to which an application goes, and the mandate by which an officer decides."""

import django.db.models.deletion
from django.db import migrations, models

# The days of a mandate are those of the territory, whose time zone the database does not know: a day lasts here from
# its first hour anywhere on earth to its last. The application itself compares with the territory's clock.
WITHIN_MANDATE = migrations.RunSQL(
    """
    CREATE FUNCTION rukhsa_decided_within_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.officer_id IS NULL THEN
            RETURN NEW;
        END IF;
        PERFORM 1
        FROM mandates_mandate AS mandate
        JOIN authorities_post AS post ON post.id = mandate.post_id
        JOIN applications_application AS application ON application.id = NEW.application_id
        JOIN catalogue_serviceversion AS version
            ON version.id = coalesce(application.process_version_id, application.service_version_id)
        CROSS JOIN LATERAL (
            SELECT jsonb_path_query_first(version.meaning, 'lax $.review.**.mandate') #>> '{}' AS named
        ) AS definition
        WHERE mandate.id = NEW.mandate_id AND mandate.state = 'approved'
        AND mandate.authority_id = application.authority_id
        AND CASE NEW.outcome WHEN 'granted' THEN 'grant' ELSE 'refuse' END = ANY (mandate.acts)
        AND (cardinality(mandate.services) = 0 OR version.service = ANY (mandate.services))
        AND (mandate.subject = '' OR mandate.subject = definition.named
            OR definition.named IS NULL AND cardinality(mandate.services) > 0)
        AND greatest(mandate.starts_on, post.starts_on) <= (NEW.at AT TIME ZONE 'UTC' + interval '14 hours')::date
        AND least(mandate.ends_on, post.ends_on, 'infinity')
            >= (NEW.at AT TIME ZONE 'UTC' - interval '12 hours')::date
        AND NOT EXISTS (
            SELECT FROM mandates_mandateend AS ended
            WHERE ended.mandate_id = mandate.id AND ended.at <= NEW.at)
        AND (post.person_id = NEW.officer_id OR EXISTS (
            SELECT FROM mandates_absence AS absence
            WHERE absence.authority_id = mandate.authority_id AND absence.officer_id = post.person_id
            AND absence.deputy_id = NEW.officer_id AND absence.at <= NEW.at
            AND absence.until >= (NEW.at AT TIME ZONE 'UTC' - interval '12 hours')::date
            AND NOT EXISTS (
                SELECT FROM mandates_absenceend AS back WHERE back.absence_id = absence.id AND back.at <= NEW.at)));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no mandate of the officer allows this decision' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER review_decision_within_mandate BEFORE INSERT ON review_decision
    FOR EACH ROW EXECUTE FUNCTION rukhsa_decided_within_mandate();
    """,
    """
    DROP TRIGGER review_decision_within_mandate ON review_decision;
    DROP FUNCTION rukhsa_decided_within_mandate();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("review", "0005_decided_by_another"), ("mandates", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="queueentry",
            name="office",
            field=models.SlugField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(fields=["authority", "office", "submitted_at", "application"], name="queue_office"),
        ),
        migrations.AddField(
            model_name="decision",
            name="mandate",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="mandates.mandate"
            ),
        ),
        WITHIN_MANDATE,
    ]
