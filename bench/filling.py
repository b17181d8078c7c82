"""Filling the tables of a database with a crowd of any size, as fast as the machine can."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any, cast

from bench import crowd, whole

SESSIONS = 4
_WHILE_ROWS_COME = {"maintenance_work_mem": "512MB", "work_mem": "128MB", "synchronous_commit": "off"}
# Of the tables that are filled: keys to and from them, what is unique in them, and their other indexes.
_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[]))
"""
_UNIQUE = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('p', 'u') AND conrelid = ANY (%(tables)s::regclass[])
"""
_INDEXES = """
    SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY (%(tables)s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
"""


def fill(size: int) -> None:
    """Fill the tables of a database without applications with so many, the last of today, in a twentieth of
    the time: without triggers, keys and indexes until all rows are there, and in several sessions."""
    from django.db import connection

    the_crowd, *rows = (*crowd.ROWS, *whole.ROWS)
    values = crowd.values() | {"first": 1, "last": size, "newest": size}
    with connection.cursor() as cursor:
        cursor.execute(
            the_crowd.replace("TEMPORARY TABLE crowd ON COMMIT DROP", "UNLOGGED TABLE crowd"), values
        )
        cursor.execute("ANALYZE crowd")
    with _bare([_table_of(each) for each in rows]), ThreadPoolExecutor(SESSIONS) as sessions:
        filling: dict[str, list[Future[None]]] = {}
        for each in rows:
            first = [made for table, some in filling.items() if table in each for made in some]
            filling.setdefault(_table_of(each), []).append(sessions.submit(_run, each, values, first))
        for made in chain.from_iterable(filling.values()):
            made.result()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE crowd")
        cursor.execute("VACUUM ANALYZE")


def _table_of(rows: str) -> str:
    return rows.split("INSERT INTO ")[1].split()[0]


def _run(statement: str, values: dict[str, Any], first: list["Future[None]"]) -> None:
    """Execute a statement in a session of its own, after those that must come `first`."""
    from django.db import connection

    for made in first:
        made.result()
    try:
        with connection.cursor() as cursor:
            for setting, value in _WHILE_ROWS_COME.items():
                cursor.execute(f"SET {setting} = '{value}'")
            cursor.execute(statement, values)
    finally:
        connection.close()


@contextmanager
def _bare(filled: list[str]) -> Iterator[None]:
    """Take rows without triggers, foreign keys and indexes; the keys come back without a look at the rows, and the
    indexes are made of all rows at once."""
    from django.db import connection

    tables = sorted(set(filled))
    with connection.cursor() as cursor:
        keys, unique, indexes = (_asked(cursor, each, tables) for each in (_KEYS, _UNIQUE, _INDEXES))
        for table, name, _ in (*keys, *unique):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _, name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    again = {table: [definition for of, _, definition in indexes if of == table] for table in tables}
    for table, name, definition in unique:
        again[table].append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    with ThreadPoolExecutor(SESSIONS) as sessions:
        for _ in sessions.map(lambda table: _run("; ".join(again[table]) or "SELECT", {}, []), tables):
            pass
    with connection.cursor() as cursor:
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _asked(cursor: Any, question: str, tables: list[str]) -> list[tuple[str, str, str]]:
    cursor.execute(question, {"tables": tables})
    return cast("list[tuple[str, str, str]]", cursor.fetchall())
