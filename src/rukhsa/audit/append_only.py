"""Makes tables of facts append-only in the database itself."""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION rukhsa_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts are written once: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(*tables: str) -> migrations.RunSQL:
    """A migration step after which the database refuses UPDATE and DELETE in the tables, whoever asks."""
    forward = [_FUNCTION]
    for table in tables:
        forward.append(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();"
        )
    backward = [f"DROP TRIGGER {table}_append_only ON {table};" for table in tables]
    return migrations.RunSQL("\n".join(forward), "\n".join(backward))
