"""Lets one transaction, or one process, at a time do a thing that no row stands for."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def one_at_a_time(name: str) -> None:
    """Wait until nobody else does what has this name, and be alone with it until the open transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


class HeldElsewhere(Exception):
    """Another process holds the name, and is not waited for."""

    code = "held-elsewhere"


@contextmanager
def held(name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold a name on this connection while the block lasts: many may share it, or one has it alone.

    It is free again when the process ends, however it ends. Raises HeldElsewhere.
    """
    kind = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock{kind}(hashtext(%s))", [name])
        if not cursor.fetchone()[0]:
            raise HeldElsewhere(name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock{kind}(hashtext(%s))", [name])
