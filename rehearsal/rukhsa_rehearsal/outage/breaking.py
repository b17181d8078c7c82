"""The faults of an outage: what is broken, for how long, and how it is mended."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import psycopg

from rukhsa_rehearsal.cluster import primary, processes_of, programs
from rukhsa_rehearsal.cluster.layout import NODES, Layout
from rukhsa_rehearsal.cluster.parts import OF_PRODUCT
from rukhsa_rehearsal.cluster.store_front import SWITCH
from rukhsa_rehearsal.outage import full_disk, point_in_time
from rukhsa_rehearsal.outage.cut import cut
from rukhsa_rehearsal.outage.noted_commits import Writing
from rukhsa_rehearsal.outage.upgrade import upgrade

SECONDS_OF_PAUSE: Final = 12
SECONDS_WITHOUT_MAJORITY: Final = 25
SECONDS_FOR_A_LOCK: Final = 20
_LOCKS: Final = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory'"
SECONDS_OF_BAD_STORE: Final = 25
SECONDS_OF_SLOW_STORE: Final = "4"  # before each answer; a call is given up after five
DAYS_WRONG: Final = 2
# What stands between.
OF_FRONT: Final = ("nginx", "haproxy", "pgbouncer", "store")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault: `act` breaks and mends it, and says what it saw; what it says is printed."""

    name: str
    act: Callable[[Layout], str]
    needs_root: bool = False


def faults() -> list[Fault]:
    """Every fault, those of the database first."""
    return list(each_fault())


def each_fault() -> Iterator[Fault]:
    """In the order in which they are tried."""
    yield Fault(name="a rolling upgrade", act=upgrade)
    yield Fault(name="kill -9 of the primary, in the middle of commits", act=lose_primary)
    yield Fault(name="the network cut between the primary and the others", act=cut_off, needs_root=True)
    yield Fault(name="a cancelled wait for the standby", act=cancel_waits)
    yield Fault(name="the primary paused", act=lambda layout: pause_node(layout, primary.primary(layout)))
    yield Fault(name="a standby killed", act=kill_standby)
    yield Fault(name="etcd's majority lost", act=lose_majority)
    for name in (*OF_PRODUCT, *OF_FRONT):
        yield Fault(name=f"kill -9 of {name}", act=lambda layout, name=name: _kill(layout, name))  # type: ignore[misc]
        yield Fault(name=f"{name} paused", act=lambda layout, name=name: _pause(layout, name))  # type: ignore[misc]
    yield Fault(name="a sequencer that lost its session and wakes", act=two_sequencers)
    yield Fault(name="a worker and its signer two days ahead", act=wrong_clock)
    yield Fault(name="the store answers 503", act=lambda layout: answer_from_store(layout, "503"))
    yield Fault(name="the store is slow", act=lambda layout: answer_from_store(layout, SECONDS_OF_SLOW_STORE))
    yield Fault(name="the disk of the primary full", act=full_disk.of_primary, needs_root=True)
    yield Fault(name="the disk of the store full", act=full_disk.of_store, needs_root=True)
    yield Fault(name="restore to a point in time", act=point_in_time.restore, needs_root=True)


def _kill(layout: Layout, name: str) -> str:
    pids = processes_of.of_part(layout, name)
    processes_of.send(signal.SIGKILL, pids)
    time.sleep(SECONDS_OF_PAUSE)
    return f"{len(pids)} processes"


def _pause(layout: Layout, name: str) -> str:
    _stopped_for(processes_of.of_part(layout, name), SECONDS_OF_PAUSE)
    return f"{SECONDS_OF_PAUSE} s"


def _stopped_for(pids: Sequence[int], seconds: float) -> None:
    processes_of.send(signal.SIGSTOP, pids)
    try:
        time.sleep(seconds)
    finally:
        processes_of.send(signal.SIGCONT, pids)


def lose_primary(layout: Layout) -> str:
    """It stays away until another one is the primary."""
    node = primary.primary(layout)
    with Writing(layout) as ledger:
        held = layout.switches / f"node-{node}.held"
        held.touch()
        processes_of.send(signal.SIGKILL, processes_of.of_node(layout, node))
        seconds = primary.wait_for(lambda: primary.primary(layout) != node)
        held.unlink()
        time.sleep(2)
    return f"{ledger}, another primary after {seconds:.0f} s"


def cut_off(layout: Layout) -> str:
    """Cut the primary from the others until one of them is the primary and the old one is none."""
    node = primary.primary(layout)
    others = [each for each in NODES if each != node]
    with Writing(layout) as ledger, cut(layout, node) as made:
        seconds = primary.wait_for(lambda: any(primary.is_primary(layout, each) for each in others))
        primary.wait_for(lambda: not primary.is_primary(layout, node))
        dropped = made.count()
        time.sleep(3)
    return f"{ledger}, another primary after {seconds:.0f} s, {dropped} packets dropped"


def control(layout: Layout) -> str:
    """The same cut where commits wait for no standby: it loses. The product stands still, so that it loses nothing."""
    for name in (*OF_PRODUCT, "sandbox"):
        (layout.switches / f"{name}.held").touch()
        processes_of.send(signal.SIGKILL, processes_of.of_part(layout, name))
    primary.confirm(layout, strictly=False)
    try:
        return cut_off(layout)
    finally:
        primary.confirm(layout, strictly=True)


def cancel_waits(layout: Layout) -> str:
    """The standbys fall silent, and what waits for them is cancelled: no commit may be taken for confirmed."""
    node = primary.primary(layout)
    silent = [pid for each in NODES if each != node for pid in processes_of.of_postgres(layout, each)]
    cancelled = 0
    with Writing(layout) as ledger:
        processes_of.send(signal.SIGSTOP, silent)
        try:
            for _ in range(4):
                time.sleep(1)
                cancelled += _cancel(layout)
        finally:
            processes_of.send(signal.SIGCONT, silent)
    return f"{cancelled} cancelled; {ledger}"


def _cancel(layout: Layout) -> int:
    asked = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with psycopg.connect(layout.database_url("postgres"), autocommit=True, connect_timeout=5) as connection:
        return len(connection.execute(asked).fetchall())


def pause_node(layout: Layout, node: int) -> str:
    """A node sleeps for longer than its lease."""
    _stopped_for(processes_of.of_node(layout, node), 2.5 * SECONDS_OF_PAUSE)
    seconds = primary.wait_for(lambda: primary.is_whole(layout))
    return f"whole again after {seconds:.0f} s"


def kill_standby(layout: Layout) -> str:
    """A standby is killed, and comes back by itself."""
    node = next(each for each in NODES if each != primary.primary(layout))
    processes_of.send(signal.SIGKILL, processes_of.of_node(layout, node))
    time.sleep(2)
    return f"whole again after {primary.wait_for(lambda: primary.is_whole(layout)):.0f} s"


def lose_majority(layout: Layout) -> str:
    """Two of three etcd are away for a while."""
    for node in NODES[:2]:
        (layout.switches / f"etcd-{node}.held").touch()
        processes_of.send(signal.SIGKILL, processes_of.of_part(layout, f"etcd-{node}"))
    time.sleep(SECONDS_WITHOUT_MAJORITY)
    for node in NODES[:2]:
        (layout.switches / f"etcd-{node}.held").unlink()
    seconds = primary.wait_for(lambda: primary.is_whole(layout))
    return f"for {SECONDS_WITHOUT_MAJORITY} s; whole again after {seconds:.0f} s"


def answer_from_store(layout: Layout, how: str) -> str:
    """The store refuses every call, or is slow."""
    switch = layout.switches / SWITCH
    switch.write_text(how)
    time.sleep(SECONDS_OF_BAD_STORE)
    switch.unlink()
    return f"for {SECONDS_OF_BAD_STORE} s"


def two_sequencers(layout: Layout) -> str:
    """A worker that issues sleeps under a lock, loses its session, and wakes while the other one has gone on."""
    pids, until = processes_of.of_part(layout, "issuing-1"), time.monotonic() + SECONDS_FOR_A_LOCK
    try:
        with psycopg.connect(
            layout.database_url("postgres"), autocommit=True, connect_timeout=5
        ) as connection:
            while True:
                processes_of.send(signal.SIGSTOP, pids)
                held = [pid for (pid,) in connection.execute(_LOCKS)]
                if held or time.monotonic() > until:
                    break
                processes_of.send(signal.SIGCONT, pids)
                time.sleep(0.05)
            connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", [held])
        time.sleep(SECONDS_OF_PAUSE)
    finally:
        processes_of.send(signal.SIGCONT, pids)
    return f"{len(held)} sessions with a lock ended"


def wrong_clock(layout: Layout) -> str:
    """A worker and its signer begin under another clock; the other ones go on."""
    library = programs.libfaketime()
    if library is None:
        return "not tried: Debian's faketime is missing"
    names = ("issuing-1", "signer-1")
    for name in names:
        shift = f"export LD_PRELOAD={library} FAKETIME=+{DAYS_WRONG}d FAKETIME_DISABLE_SHM=1 DONT_FAKE_MONOTONIC=1\n"
        (layout.switches / f"{name}.sh").write_text(shift)
        processes_of.send(signal.SIGTERM, processes_of.of_part(layout, name))
    time.sleep(2.5 * SECONDS_OF_PAUSE)
    for name in names:
        (layout.switches / f"{name}.sh").unlink()
        processes_of.send(signal.SIGKILL, processes_of.of_part(layout, name))
    time.sleep(SECONDS_OF_PAUSE)
    return f"for {2.5 * SECONDS_OF_PAUSE:.0f} s"
