"""What a test tries and takes back, so that the next try finds the same world."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever the block writes is rolled back at its end."""
    # A plain savepoint: within an atomic block, what insists on being the outermost one would refuse.
    before = transaction.savepoint_create()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
