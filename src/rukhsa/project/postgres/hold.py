"""Shares one embedded server among processes: it runs as long as one of them holds it.

Locks of the kernel in the server's folder decide; they all end with their process, however it ends. `starting` is
held while the server is started or stopped. Every process that uses the server shares the locks `holders` and
`awaited`. A keeper waits for `awaited` until no process holds the server, and stops it. It has a lock of its own to
wait for because, while it held `holders`, other processes would count it as a user of the server.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rukhsa.project.postgres.cluster import PostgresError, start, stop
from rukhsa.project.postgres.location import Location, locate


class Hold:
    """A share in the running server."""

    def __init__(self, location: Location, shares: list[int]) -> None:
        self.location = location
        self._shares = shares

    def release(self) -> None:
        """Give the share back, and stop the server if it was the last."""
        with _locked(self.location.folder / "starting"):
            _let_go(self._shares)
            _stop_when_unused(self.location)


def hold(folder: Path) -> Hold:
    """Start the server of `folder` if it does not run, and take a share in it."""
    where = locate(folder)
    with _locked(where.folder / "starting"):
        shares = [_shared(where.folder / name) for name in ("holders", "awaited")]
        try:
            _ensure_keeper(where)  # before the server, so that no server is ever left without a keeper
            start(where)
        except BaseException:
            _let_go(shares)
            _stop_when_unused(where)
            raise
    return Hold(where, shares)


def remove(folder: Path) -> None:
    """Stop the server of `folder` and delete its data; raises PostgresError while a process holds it."""
    if not folder.exists():
        return
    where = locate(folder)
    with _locked(where.folder / "starting"):
        if not _stop_when_unused(where):
            raise PostgresError(f"Somebody still uses the database in {folder}.")
        if where.home != where.folder:
            shutil.rmtree(where.home, ignore_errors=True)
        if where.socket.parent != where.home:
            shutil.rmtree(where.socket, ignore_errors=True)
        shutil.rmtree(where.folder)


def keep(folder: Path) -> None:
    """Wait until no process holds the server of `folder`, then stop it."""
    where = locate(folder)
    keeper = _open(where.folder / "keeper")
    if not _try_lock(keeper):
        return
    stopped = False
    while not stopped:
        with _locked(where.folder / "awaited"):
            pass  # no process held it at this moment; another may take a share before we look
        with _locked(where.folder / "starting"):
            stopped = _stop_when_unused(where)
            if stopped:
                os.close(keeper)


def _stop_when_unused(where: Location) -> bool:
    descriptor = _open(where.folder / "holders")
    try:
        unused = _try_lock(descriptor)
        if unused:
            stop(where)
        return unused
    finally:
        os.close(descriptor)


def _ensure_keeper(where: Location) -> None:
    descriptor = _open(where.folder / "keeper")
    absent = _try_lock(descriptor)
    os.close(descriptor)
    if absent:
        program = [sys.executable, "-m", "rukhsa.project.postgres", str(where.folder)]
        silence = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
        # Not a subprocess.Popen, since the keeper must outlive this process.
        os.posix_spawn(sys.executable, program, os.environ, file_actions=silence, setsid=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _shared(path: Path) -> int:
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _let_go(shares: list[int]) -> None:
    for descriptor in shares:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
