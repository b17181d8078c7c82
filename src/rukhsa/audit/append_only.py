"""Triggers by which the database refuses to change or delete facts."""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION rukhsa_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts are written once: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(*tables: str) -> migrations.RunSQL:
    """A migration step after which the database refuses UPDATE and DELETE in the tables to every role."""
    forward = [_FUNCTION]
    for table in tables:
        forward.append(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();"
        )
    backward = [f"DROP TRIGGER {table}_append_only ON {table};" for table in tables]
    return migrations.RunSQL("\n".join(forward), "\n".join(backward))


_DECIDED_ONCE = """
CREATE OR REPLACE FUNCTION rukhsa_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'proposed' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'facts are written once: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
_DECISION = ("state", "refusal", "decided_by_id", "decided_at")


def decided_once(table: str, *more: str) -> migrations.RunSQL:
    """A migration step after which the database lets each agreement of a table be decided once, and changes nothing
    of what was proposed; `more` are columns that the decision writes besides."""
    columns = ", ".join(f"'{column}'" for column in (*_DECISION, *more))
    return migrations.RunSQL(
        f"{_DECIDED_ONCE}CREATE TRIGGER {table}_decided_once BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION rukhsa_decided_once({columns});",
        f"DROP TRIGGER {table}_decided_once ON {table};",
    )


_PLACED_ONCE = """
CREATE OR REPLACE FUNCTION rukhsa_placed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.authority IS NULL AND NEW.authority IS NOT NULL
        AND to_jsonb(NEW) - '{authority,application}'::text[] = to_jsonb(OLD) - '{authority,application}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'facts are written once: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def placed_once(table: str) -> migrations.RunSQL:
    """A migration step after which rows of the journal that were written before they had a place can be given one,
    once; everything else stays refused."""
    event = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION"
    return migrations.RunSQL(
        f"{_PLACED_ONCE}DROP TRIGGER {table}_append_only ON {table};"
        f"CREATE TRIGGER {table}_append_only {event} rukhsa_placed_once();",
        f"DROP TRIGGER {table}_append_only ON {table};"
        f"CREATE TRIGGER {table}_append_only {event} rukhsa_append_only();",
    )
