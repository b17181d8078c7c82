"""The whole town at work, with the sandbox outside of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from rukhsa_rehearsal.sandbox.serve import Running, running
from tests import outside as world_outside
from tests import town as towns
from tests.town import Town


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sandbox."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def surroundings(settings: Settings, tmp_path: Path, outside: Running) -> Iterator[None]:
    """Folders of this test's own, and the gateways and messages of the sandbox."""
    towns.settle_in(tmp_path / "town", settings)
    world_outside.connect(outside, settings)
    yield
    world_outside.everything_works(outside)


@pytest.fixture
def town(db: None, surroundings: None) -> Town:
    """The town, now."""
    return towns.build()


@pytest.fixture
def town_of_many(transactional_db: None, surroundings: None) -> Town:
    """The town, now, committed, so that several connections see it."""
    return towns.build()
