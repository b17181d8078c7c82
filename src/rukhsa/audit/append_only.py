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


_ERASABLE = """
CREATE OR REPLACE FUNCTION rukhsa_erasable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
    before jsonb := to_jsonb(OLD);
    after jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        after := to_jsonb(NEW);
        IF after - TG_ARGV = before - TG_ARGV THEN
            FOREACH name IN ARRAY TG_ARGV LOOP
                CONTINUE WHEN after -> name = before -> name;
                EXIT WHEN after -> name NOT IN ('""', '{}', '[]', 'null');
                EXIT WHEN NOT EXISTS (
                    SELECT FROM personal_erasedvalue AS erased
                    WHERE erased."table" = TG_TABLE_NAME AND erased."row" = before ->> 'id' AND erased."column" = name
                    AND erased.digest
                        = encode(sha256(convert_to(erased.salt || (before -> name)::text, 'UTF8')), 'hex')
                );
                before := jsonb_set(before, ARRAY[name], after -> name);
            END LOOP;
            IF after = before THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION 'facts are written once: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def erasable(columns: dict[str, tuple[str, ...]]) -> migrations.RunSQL:
    """A migration step after which the database lets the personal columns of these tables become empty, where the hash
    of what they held was written down; everything else stays refused. No row is read or written."""
    forward, backward = [_ERASABLE], []
    for table, names in columns.items():
        event = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION"
        dropped = f"DROP TRIGGER {table}_append_only ON {table};"
        told = ", ".join(f"'{name}'" for name in names)
        forward.append(f"{dropped}CREATE TRIGGER {table}_append_only {event} rukhsa_erasable({told});")
        backward.append(f"{dropped}CREATE TRIGGER {table}_append_only {event} rukhsa_append_only();")
    return migrations.RunSQL("\n".join(forward), "\n".join(backward))


def erasable_once_decided(table: str, columns: tuple[str, ...], *more: str) -> migrations.RunSQL:
    """A migration step for a table of agreements (`decided_once`): once decided, its personal columns can be erased,
    as those of a table of facts can. No row is read or written."""
    decision = ", ".join(f"'{column}'" for column in (*_DECISION, *more))
    told = ", ".join(f"'{column}'" for column in columns)
    named = f"{table}_decided_once"
    return migrations.RunSQL(
        f"{_ERASABLE}DROP TRIGGER {named} ON {table};"
        f"CREATE TRIGGER {named} BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.state = 'proposed')"
        f" EXECUTE FUNCTION rukhsa_decided_once({decision});"
        f"CREATE TRIGGER {table}_erasable BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.state <> 'proposed')"
        f" EXECUTE FUNCTION rukhsa_erasable({told});"
        f"CREATE TRIGGER {table}_append_only BEFORE DELETE ON {table} FOR EACH ROW"
        " EXECUTE FUNCTION rukhsa_append_only();",
        f"DROP TRIGGER {named} ON {table};DROP TRIGGER {table}_erasable ON {table};"
        f"DROP TRIGGER {table}_append_only ON {table};"
        f"CREATE TRIGGER {named} BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION rukhsa_decided_once({decision});",
    )
