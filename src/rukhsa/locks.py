"""Advisory locks, for work without a row to lock that one transaction or process does at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from rukhsa.errors import RukhsaError


def one_at_a_time(name: str) -> None:
    """Wait for the lock of this name, and hold it until the open transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


class HeldElsewhere(RukhsaError):
    """Another process holds the lock of this name."""

    code = "held-elsewhere"


@contextmanager
def held(name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a name on this connection during the block: shared by many, or exclusively.

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
