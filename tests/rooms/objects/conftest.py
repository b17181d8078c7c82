"""One store of objects for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests import object_store
from tests.object_store import ObjectStore
from tests.rooms.issuance.conftest import granted, town

__all__ = ["granted", "objects", "town"]


@pytest.fixture(scope="session")
def objects() -> Iterator[ObjectStore]:
    """A store that runs."""
    with object_store.running() as store:
        yield store
