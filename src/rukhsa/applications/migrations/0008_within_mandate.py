"""The database knows whether a mandate allows a person an act on an application, for the triggers of other rooms."""

from django.db import migrations

# The days of a mandate are those of the territory, whose time zone the database does not know: a day lasts here from
# its first hour anywhere on earth to its last. The application itself compares with the territory's clock.
FORWARD = """
CREATE FUNCTION rukhsa_within_mandate(
    by_mandate uuid, person uuid, at_authority text, of_version bigint, act text, amount bigint, at timestamptz
) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM mandates_mandate AS mandate
        JOIN authorities_post AS post ON post.id = mandate.post_id
        JOIN catalogue_serviceversion AS version ON version.id = of_version
        CROSS JOIN LATERAL (
            SELECT jsonb_path_query_first(version.meaning, 'lax $.review.**.mandate') #>> '{}' AS named
        ) AS definition
        WHERE mandate.id = by_mandate AND mandate.state = 'approved'
        AND mandate.authority_id = at_authority
        AND act = ANY (mandate.acts)
        AND (cardinality(mandate.services) = 0 OR version.service = ANY (mandate.services))
        AND (mandate.subject = '' OR mandate.subject = definition.named
            OR definition.named IS NULL AND cardinality(mandate.services) > 0)
        AND (amount IS NULL OR mandate.up_to IS NULL OR mandate.up_to >= amount)
        AND greatest(mandate.starts_on, post.starts_on) <= ($7 AT TIME ZONE 'UTC' + interval '14 hours')::date
        AND least(mandate.ends_on, post.ends_on, 'infinity') >= ($7 AT TIME ZONE 'UTC' - interval '12 hours')::date
        AND NOT EXISTS (
            SELECT FROM mandates_mandateend AS ended WHERE ended.mandate_id = mandate.id AND ended.at <= $7)
        AND (post.person_id = $2 OR EXISTS (
            SELECT FROM mandates_absence AS absence
            WHERE absence.authority_id = mandate.authority_id AND absence.officer_id = post.person_id
            AND absence.deputy_id = $2 AND absence.at <= $7
            AND absence.until >= ($7 AT TIME ZONE 'UTC' - interval '12 hours')::date
            AND NOT EXISTS (
                SELECT FROM mandates_absenceend AS back WHERE back.absence_id = absence.id AND back.at <= $7)))
    )
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0007_signatories"),
        ("mandates", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            FORWARD, "DROP FUNCTION rukhsa_within_mandate(uuid, uuid, text, bigint, text, bigint, timestamptz);"
        )
    ]
