"""A cluster of three nodes of the database, for tests of what happens to one of them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rukhsa_rehearsal.cluster import programs
from rukhsa_rehearsal.cluster.layout import Layout
from tests.opinions import AS_ROOT, library, program, two_users

BASE = 24_000
DATABASE = ("etcd", "haproxy", "nft")


@pytest.fixture
def layout() -> Iterator[Layout]:
    for name in DATABASE:
        program(name, package=programs.OF_DEBIAN[name])
    library(programs.ENGINE / "bin" / "patroni", package="patroni, by `make engines`")
    if AS_ROOT:
        two_users()
    # Below a folder that each account may enter, which pytest's own is not.
    folder = Path(tempfile.mkdtemp(prefix="rukhsa-cluster-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield Layout.at(folder / "cluster", base=BASE + os.getpid() % 60 * 100, fresh=True)
    shutil.rmtree(folder)
