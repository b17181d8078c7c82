"""The role of portal, verifier and worker in the database: it reads and writes rows, and can change no table."""

from typing import Final

from django.db import connection, transaction

from rukhsa.errors import RukhsaError
from rukhsa.figures.registry import FIGURES
from rukhsa.project.postgres.location import ROLE_OF_SERVING

ROLE: Final = ROLE_OF_SERVING
# The worker counts these tables again (figures/upkeep.py, places).
COUNTED: Final = (*sorted({table for figure in FIGURES for table in figure.facts}), "places_feature")
FIRST_WITH_MAINTAIN: Final = 170000  # before PostgreSQL 17 the planner learns of new rows by autovacuum alone
MIGRATIONS: Final = "django_migrations"

# Tables whose triggers refuse deletion: all that the functions of audit/append_only.py guard.
_GUARDED: Final = """
SELECT DISTINCT relation.relname FROM pg_trigger AS trigger
JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace AND schema.nspname = 'public'
JOIN pg_proc AS function ON function.oid = trigger.tgfoid
WHERE function.proname IN ('rukhsa_append_only', 'rukhsa_decided_once', 'rukhsa_placed_once', 'rukhsa_erasable')
ORDER BY 1
"""
_EXCESS: Final = """
SELECT relation.relname FROM pg_class AS relation
JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace AND schema.nspname = 'public'
WHERE relation.relkind IN ('r', 'p')
  AND (pg_has_role(relation.relowner, 'MEMBER') OR has_table_privilege(relation.oid, 'TRUNCATE, TRIGGER'))
ORDER BY 1
"""


class TooManyRights(RukhsaError):
    """The database role of a process that serves may change tables or switch their triggers off."""

    code = "too-many-rights"


def statements() -> list[str]:
    """The SQL statements by which the owner of the tables gives the role these rights only."""
    with connection.cursor() as cursor:
        cursor.execute(_GUARDED)
        guarded = ", ".join(connection.ops.quote_name(name) for (name,) in cursor.fetchall())
        cursor.execute("SELECT current_setting('server_version_num')::int")
        version = cursor.fetchone()[0]
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE CREATE ON SCHEMA public FROM {ROLE}",
        f"GRANT USAGE ON SCHEMA public TO {ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}",
        # Locks of rows ask for UPDATE, which the triggers refuse; nothing asks for DELETE.
        f"REVOKE DELETE ON {guarded} FROM {ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON {MIGRATIONS} FROM {ROLE}",
        *([f"GRANT MAINTAIN ON {', '.join(COUNTED)} TO {ROLE}"] if version >= FIRST_WITH_MAINTAIN else []),
    ]


def grant() -> bool:
    """Give the role its rights, at once for those who work under it; False if the server has no such role."""
    if not exists():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)
    return True


def exists() -> bool:
    """Whether the server has the role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [ROLE])
        return bool(cursor.fetchone()[0])


def require_no_more() -> None:
    """Raise TooManyRights if this connection may change a table, empty it or switch its triggers off."""
    with connection.cursor() as cursor:
        cursor.execute(_EXCESS)
        excess = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT rolsuper OR has_schema_privilege('public', 'CREATE') FROM pg_roles WHERE rolname = current_user"
        )
        creates = cursor.fetchone()[0]
    if excess or creates:
        told = f"may change {', '.join(excess[:3])} and more" if excess else "may make tables"
        raise TooManyRights(
            f"the role of this process {told}: give it a DATABASE_URL of the role {ROLE} (rukhsa serving-role --help)"
        )
