"""The processes of a part of a cluster, and what is done to them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import psutil

from rukhsa_rehearsal.cluster.layout import NODES, Layout
from rukhsa_rehearsal.cluster.parts import MARK

SECONDS_TO_END: Final = 10


def of_part(layout: Layout, name: str) -> list[int]:
    """Every process of a part; of a node, Patroni alone, since PostgreSQL writes over its environment."""
    # nginx writes its title over its environment, and keeps its command line in it.
    part = f"{layout.folder}/{name}"
    return _marked(lambda mark: mark == part, f"{layout.folder}/front/{name}.conf")


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
    parts = _marked(lambda mark: mark.startswith(f"{layout.folder}/"), f"{layout.folder}/front/")
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
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        if Path(psutil.Process(pid).cwd()).resolve() == data.resolve():
            return pid
    return None


def _left(pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid)]


def _marked(is_ours: Callable[[str], bool], named: str) -> list[int]:
    """The processes with such a mark in their environment, or this name in their command line, and their children."""
    # None of what we may not look at.
    looked_at = psutil.process_iter(["environ", "cmdline"])
    told = [(each.pid, each.info["environ"] or {}, each.info["cmdline"] or []) for each in looked_at]
    return _with_children(
        [pid for pid, environ, words in told if is_ours(environ.get(MARK, "")) or named in " ".join(words)]
    )


def _with_children(found: list[int]) -> list[int]:
    children = [each.pid for each in psutil.process_iter(["ppid"]) if each.info["ppid"] in found]
    return [*found, *(pid for pid in children if pid not in found)]
