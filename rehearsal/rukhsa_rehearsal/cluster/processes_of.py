"""The processes of a part of a cluster, and what is done to them."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rukhsa_rehearsal.cluster.layout import NODES, Layout
from rukhsa_rehearsal.cluster.parts import MARK

SECONDS_TO_END: Final = 10


def of_part(layout: Layout, name: str) -> list[int]:
    """Every process of a part; of a node, Patroni alone, since PostgreSQL writes over its environment."""
    # nginx writes its title over its environment, and keeps its command line in it.
    return _marked(f"{MARK}={layout.folder}/{name}\0", f"{layout.folder}/front/{name}.conf")


def of_postgres(layout: Layout, node: int) -> list[int]:
    """A node's PostgreSQL and its children."""
    postmaster = _postmaster(layout.folder / f"node-{node}" / "data")
    return _with_children([postmaster] if postmaster else [])


def of_node(layout: Layout, node: int) -> list[int]:
    """Patroni and PostgreSQL of a node."""
    return [*of_part(layout, f"node-{node}"), *of_postgres(layout, node)]


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to each that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def wake(layout: Layout) -> None:
    """Let every part go on that was stopped: what is stopped heeds no signal to end, and others wait for it."""
    parts = _marked(f"{MARK}={layout.folder}/", f"{layout.folder}/front/")
    send(signal.SIGCONT, [*parts, *(pid for node in NODES for pid in of_postgres(layout, node))])


def end_servers(layout: Layout) -> None:
    """End each PostgreSQL that its Patroni or a drill left in a session of its own, and return once none is there."""
    folders = [each.parent for each in layout.folder.glob("*/*/postmaster.pid")]
    first = [pid for pid in map(_postmaster, folders) if pid]
    everyone = _with_children(first)
    send(signal.SIGCONT, everyone)
    send(signal.SIGQUIT, first)
    until = time.monotonic() + SECONDS_TO_END
    while _left(everyone) and time.monotonic() < until:
        time.sleep(0.1)
    send(signal.SIGKILL, _left(everyone))


def _postmaster(data: Path) -> int | None:
    """The process that serves this folder of data, if it runs."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        if Path(f"/proc/{pid}/cwd").resolve() == data.resolve():
            return pid
    return None


def _left(pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _marked(*marks: str) -> list[int]:
    """The processes that have one of these in their environment or command line, and their children."""
    found = [pid for pid, told in _told() if any(mark.encode() in told for mark in marks)]
    return _with_children(found)


def _with_children(found: list[int]) -> list[int]:
    return [*found, *(pid for pid in _pids() if _parent(pid) in found and pid not in found)]


def _pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _told() -> Iterator[tuple[int, bytes]]:
    """The environment and the command line of each process that we may look at."""
    for pid in _pids():
        with contextlib.suppress(OSError):
            yield pid, b"".join(Path(f"/proc/{pid}/{each}").read_bytes() for each in ("environ", "cmdline"))


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
