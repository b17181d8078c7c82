"""A sandbox that runs."""

from collections.abc import Iterator

import pytest

from rukhsa_rehearsal.sandbox.serve import Running, running


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sandbox."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox
