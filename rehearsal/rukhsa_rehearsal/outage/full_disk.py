"""A disk that runs full: a part of the cluster is moved to a small one of its own, and back."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from rukhsa_rehearsal.cluster import primary, processes_of
from rukhsa_rehearsal.cluster.layout import NODES, Layout
from rukhsa_rehearsal.outage.noted_commits import Writing

MEGABYTE: Final = 1 << 20
FREE: Final = 100 * MEGABYTE
SECONDS_FULL: Final = 20


def of_primary(layout: Layout) -> str:
    """The disk of the primary runs full in the middle of commits: what needs room is refused until there is some.

    Patroni asks whether PostgreSQL answers, which it does: mostly no other one takes over.
    """
    first = primary.primary(layout)
    node = next(each for each in NODES if each != first)
    data = layout.folder / f"node-{node}" / "data"
    with _on_a_small_disk(layout, f"node-{node}", data, lambda: processes_of.of_node(layout, node)):
        primary.wait_for(lambda: primary.is_whole(layout))
        began = time.monotonic()
        switch_to(layout, node)
        switched = time.monotonic() - began
        with Writing(layout) as ledger:
            with _full(data):
                time.sleep(SECONDS_FULL)
            seconds = ledger.next_commit()
            stayed = primary.is_primary(layout, node)
    after = "it stayed the primary" if stayed else "another took over"
    said = f"{ledger}, switched to it in {switched:.0f} s, full for {SECONDS_FULL} s"
    return f"{said}, a commit {seconds:.0f} s later, {after}"


def of_store(layout: Layout) -> str:
    """The disk of the S3 store runs full: nothing that it acknowledged is gone, and what waits is done afterwards."""
    folder = layout.folder / "store"
    with (
        _on_a_small_disk(layout, "store", folder, lambda: processes_of.of_part(layout, "store")),
        _full(folder),
    ):
        time.sleep(SECONDS_FULL)
    return f"for {SECONDS_FULL} s"


def switch_to(layout: Layout, node: int) -> None:
    """Make a standby the primary, as before work on a machine: it must be the one that confirms commits."""
    leader = primary.primary(layout)
    other = next(each for each in NODES if each not in (leader, node))
    with _held(layout, f"node-{other}", lambda: processes_of.of_node(layout, other)):
        primary.wait_for(lambda: _confirms(layout, node), told="another standby that confirms")
        told = {"leader": f"node-{leader}", "candidate": f"node-{node}"}
        answer = httpx.post(
            f"{primary.address(layout, leader)}/switchover", json=told, timeout=60, trust_env=False
        )
        answer.raise_for_status()
        primary.wait_for(lambda: primary.primary(layout) == node)
    primary.wait_for(lambda: primary.is_whole(layout))


def _confirms(layout: Layout, node: int) -> bool:
    return any(each.node == node and each.role == "sync_standby" for each in primary.members(layout))


@contextmanager
def _on_a_small_disk(
    layout: Layout, part: str, folder: Path, processes: Callable[[], Sequence[int]]
) -> Iterator[None]:
    """A folder of a part lies on a disk that has little room left. Needs root."""
    kept = folder.with_name(f"{folder.name}.kept")
    with _held(layout, part, processes):
        folder.rename(kept)
        try:
            used = sum(each.stat().st_size for each in kept.rglob("*") if each.is_file())
            folder.mkdir(mode=0o700)
            options = f"size={used + FREE},mode=0700,uid={kept.stat().st_uid},gid={kept.stat().st_gid}"
            _run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))
            _run("cp", "-a", f"{kept}/.", str(folder))
        except BaseException:
            _take_back(folder, kept)
            raise
    try:
        yield
    finally:
        with _held(layout, part, processes):
            shutil.rmtree(kept)
            _run("cp", "-a", str(folder), str(kept))
            _take_back(folder, kept)


def _take_back(folder: Path, kept: Path) -> None:
    """The folder lies on the disk of before, with what is kept there."""
    if folder.is_mount():
        _run("umount", "--lazy", str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    kept.rename(folder)


@contextmanager
def _held(layout: Layout, part: str, processes: Callable[[], Sequence[int]]) -> Iterator[None]:
    """A part is away within the block."""
    held = layout.switches / f"{part}.held"
    held.touch()
    processes_of.send(signal.SIGKILL, processes())
    time.sleep(1)
    try:
        yield
    finally:
        held.unlink()


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    """No byte is free within the block."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(MEGABYTE)):
                    pass
            except OSError:
                pass  # full
        yield
    finally:
        filler.unlink()


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - our own words
