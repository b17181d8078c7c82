"""Find applications by the last digits of their reference, and people by their telephone, each by an index."""

from django.db import migrations

INDEXES = {
    "application_number": "applications_application (ltrim(split_part(reference, '-', 3), '0'))",
    "application_last_digits": (
        "applications_application (reverse(split_part(reference, '-', 3)) text_pattern_ops)"
    ),
    "person_phone_from_end": (
        r"accounts_person (reverse(regexp_replace(phone, '\D', '', 'g')) text_pattern_ops) WHERE phone <> ''"
    ),
}


class Migration(migrations.Migration):
    """The expressions are those of `review.search_term`."""

    dependencies = [
        ("review", "0007_queue_orders"),
        ("applications", "0006_steps_by_day"),
        ("accounts", "0003_what_ekey_tells"),
    ]
    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {columns};", f"DROP INDEX {name};")
        for name, columns in INDEXES.items()
    ]
