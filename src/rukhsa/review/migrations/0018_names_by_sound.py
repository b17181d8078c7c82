"""Find a name in either spelling, by its consonants; and let what an application says of people be erased."""

from django.db import migrations, models

# 1. Signs, tatweel and apostrophes go; the article stands apart. 2. Pairs of Latin letters are one sound. 3. Each
# letter is its sound, and each vowel an a; a letter twice is one. 4. Vowels go, and an h at the end of a word.
FUNCTION = """
CREATE FUNCTION rukhsa_sound_of_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT translate(regexp_replace(regexp_replace(regexp_replace(translate(
        replace(replace(replace(replace(replace(replace(replace(
            regexp_replace(
                regexp_replace(replace(lower(name), '-', ' '), '[\u0640\u064B-\u0652\u0670''’ʿʾ`]', '', 'g'), '\\mال', 'ال ', 'g'
            ),
            'kh', 'x'), 'gh', '%'), 'sh', '$'), 'ch', '$'), 'th', 't'), 'dh', 'd'), 'ph', 'f'),
        'gcqpv%eiouywخغشثذضظزجقكحهبفسصتطدرلمنويىاأإآٱعءؤئة',
        'jkkbfgaaaaaaxg$tdddzjkkhhbfssttdrlmnaaaaaaaaaaah'),
        '(.)\\1+', '\\1', 'g'), 'a', '', 'g'), 'h\\M', '', 'g'), '$', 'w')
$$;
"""
SOUNDS = "to_tsvector('simple'::regconfig, rukhsa_sound_of_name(name_ar || ' ' || name_en))"


class Migration(migrations.Migration):
    """The expression of the indexes is that of `review.search_term`."""

    dependencies = [("review", "0017_chosen_documents"), ("accounts", "0003_what_ekey_tells")]
    operations = [
        # The reasons of a second look are erased with its application.
        migrations.RemoveConstraint("secondlook", "a_difference_has_reasons"),
        migrations.RemoveConstraint("condition", "a_condition_is_in_both_languages"),
        migrations.AddConstraint(
            "condition",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("text_ar", ""), _negated=True), models.Q(("text_en", ""), _negated=True)),
                    models.Q(("text_ar", ""), ("text_en", "")),
                    _connector="OR",
                ),
                name="a_condition_is_in_both_languages",
            ),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION rukhsa_sound_of_name(text);"),
        *(
            migrations.RunSQL(
                f"CREATE INDEX {table}_by_sound ON {table} USING gin ({SOUNDS});", f"DROP INDEX {table}_by_sound;"
            )
            for table in ("accounts_person", "accounts_company")
        ),
    ]
