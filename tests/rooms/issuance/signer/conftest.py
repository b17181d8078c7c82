"""A signer behind a socket, in a thread with connections of its own, for a town whose facts are committed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from django.db import connections
from pytest_django import Settings

from rukhsa.issuance.signers.listener import Listener
from tests.rooms.issuance.conftest import NOW, Grant, granted, town

__all__ = ["Grant", "granted", "town"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user of the machine may enter."""
    folder = Path(tempfile.mkdtemp(prefix="signer-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def listening(address: Path, *users: int) -> Iterator[None]:
    """A signer that hears these users, or our own, until the block ends."""
    ready = Event()
    listener = Listener(str(address), users=frozenset(users or {os.geteuid()}), clock=lambda: NOW)
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(listener.listen, ready.set)
        try:
            assert ready.wait(60)
            yield
        finally:
            listener.end()
            done.result()
            connections.close_all()


@pytest.fixture
def socket_of_signer(granted: Grant, settings: Settings, place: Path) -> Iterator[Path]:
    """The town with a signer behind a socket, which all that it signs goes through."""
    address = place / "socket"
    settings.RUKHSA_SIGNER_SOCKET = str(address)
    with listening(address):
        yield address
