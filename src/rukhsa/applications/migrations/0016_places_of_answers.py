"""Find applications by the places that their answers name."""

from django.db import migrations

# What a question of type parcel, or of type address, leaves among the answers (catalogue/questions/).
FUNCTION = """
CREATE FUNCTION rukhsa_places_of(answers jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT coalesce(array_agg(DISTINCT known.key), '{}')
    FROM jsonb_each(CASE jsonb_typeof(answers) WHEN 'object' THEN answers ELSE '{}'::jsonb END) AS answer
    CROSS JOIN LATERAL (VALUES
        ('parcel ' || CASE WHEN answer.value -> 'measure' IS NOT NULL THEN answer.value ->> 'number' END),
        ('block ' || (answer.value ->> 'block')),
        ('road ' || (answer.value ->> 'block') || '/' || (answer.value ->> 'road')),
        ('building ' || (answer.value ->> 'block') || '/' || (answer.value ->> 'road') || '/'
            || (answer.value ->> 'building'))
    ) AS known (key)
    WHERE jsonb_typeof(answer.value) = 'object' AND known.key IS NOT NULL
$$;
"""


class Migration(migrations.Migration):
    """The expression of the index is that of `applications.place_key`; drafts, which are saved often, are not in it."""

    dependencies = [("applications", "0015_picture_copies")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION rukhsa_places_of(jsonb);"),
        migrations.RunSQL(
            "CREATE INDEX applications_by_place ON applications_application USING gin (rukhsa_places_of(answers))"
            " WHERE reference IS NOT NULL;",
            "DROP INDEX applications_by_place;",
        ),
    ]
