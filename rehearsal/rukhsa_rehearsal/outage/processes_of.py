"""The processes of a part of a cluster, and what is done to them."""

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

from rukhsa_rehearsal.cluster import lifetime
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import MARK


def of_part(layout: Layout, name: str) -> list[int]:
    """Every process of a part; of a node, Patroni alone, since PostgreSQL writes over its environment."""
    # nginx writes its title over its environment, and keeps its command line in it.
    mark = f"{MARK}={layout.folder}/{name}\0".encode()
    written = f"{layout.folder}/front/{name}.conf".encode()
    found = [pid for pid, told in _told() if mark in told or written in told]
    return [*found, *(pid for pid in _pids() if _parent(pid) in found and pid not in found)]


def of_postgres(layout: Layout, node: int) -> list[int]:
    """A node's PostgreSQL and its children."""
    postmaster = lifetime.postmasters(layout).get(node)
    if postmaster is None:
        return []
    return [postmaster, *(pid for pid in _pids() if _parent(pid) == postmaster)]


def of_node(layout: Layout, node: int) -> list[int]:
    """Patroni and PostgreSQL of a node."""
    return [*of_part(layout, f"node-{node}"), *of_postgres(layout, node)]


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to each that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


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
