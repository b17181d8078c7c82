"""Officers find an application by words of a name: Arabic letters that people mix up are folded into one."""

from django.db import migrations

_WORDS = "to_tsvector('simple'::regconfig, translate({column}, 'أإآٱةى', 'ااااهي'))"


def _index(table: str) -> str:
    columns = ", ".join(_WORDS.format(column=f"name_{language}") for language in ("ar", "en"))
    return f"CREATE INDEX {table}_words ON {table} USING gin ({columns});"


class Migration(migrations.Migration):
    dependencies = [("review", "0002_facts_are_written_once"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(_index(table), f"DROP INDEX {table}_words;")
        for table in ("accounts_person", "accounts_company")
    ]
