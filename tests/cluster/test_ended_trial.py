"""A trial that is told to end in the middle of a fault: it mends what it broke, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rukhsa.project.config import PROJECT
from rukhsa_rehearsal.cluster import configuration
from rukhsa_rehearsal.cluster.interruptible import ENDED_EARLY
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.processes_of import send
from rukhsa_rehearsal.cluster.programs import output
from rukhsa_rehearsal.outage.cut import table_of
from tests.opinions import AS_ROOT
from tests.waiting import LONGEST, wait_until

MARK = "TRIAL_OF_THE_TESTS"  # in the environment of all that a trial starts

# The act stops its part and starts a program, and mends neither.
LIGHT = """
import signal, subprocess, sys
from pathlib import Path
from rukhsa.project.supervisor import Process
from rukhsa_rehearsal.cluster import lifetime, processes_of
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import MARK

layout = Layout(folder=Path(sys.argv[1]))
part = Process(name="one", command=("sleep", "3600"), environment={MARK: f"{layout.folder}/one"})

def act():
    while not (pids := processes_of.of_part(layout, "one")):
        pass
    processes_of.send(signal.SIGSTOP, pids)
    try:
        subprocess.run(["sh", "-c", "sleep 3600; true"])
    finally:
        (layout.folder / "mended").touch()

sys.exit(lifetime.keep(layout, [part], act, say=lambda line: None))
"""

# Three nodes of the database; the primary is paused and, where root can, cut off.
HEAVY = """
import sys
from contextlib import nullcontext
from pathlib import Path
from rukhsa_rehearsal.cluster import lifetime, primary
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import database_parts
from rukhsa_rehearsal.outage import breaking
from rukhsa_rehearsal.outage.cut import cut

layout = Layout.at(Path(sys.argv[1]))

def act():
    primary.wait_for(lambda: primary.is_whole(layout))
    node = primary.primary(layout)
    with cut(layout, node) if layout.by_root else nullcontext():
        while True:
            breaking.pause_node(layout, node)

sys.exit(lifetime.keep(layout, database_parts(layout), act, say=lambda line: None))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_mends_and_ends_all_that_it_started(tmp_path: Path, number: signal.Signals) -> None:
    with trial(LIGHT, tmp_path) as (process, mark):
        wait_until(lambda: len(stopped(mark)) == 1 and len(living(mark)) > 4)
        process.send_signal(number)
        assert process.wait(LONGEST) == ENDED_EARLY
        assert (tmp_path / "mended").exists()
        wait_until(lambda: not living(mark))


@pytest.mark.own_clock
@pytest.mark.slow
def test_told_to_end_while_the_primary_is_paused_and_cut_off_it_leaves_no_server_and_no_cut(
    layout: Layout,
) -> None:
    configuration.write_all(layout)
    with trial(HEAVY, layout.folder) as (process, mark):
        wait_until(lambda: len(stopped(mark)) > 2)
        process.send_signal(signal.SIGINT)
        assert process.wait(LONGEST) == ENDED_EARLY
        assert not servers(layout)
        wait_until(lambda: not living(mark))
    if AS_ROOT:
        assert table_of(layout) not in output("nft", "list", "tables")


@contextmanager
def trial(script: str, folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """A trial of a folder, and the mark of all that it starts; what it leaves behind is killed."""
    mark = f"{MARK}={folder}"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], env=os.environ | {MARK: str(folder)}, cwd=PROJECT
    )
    try:
        yield process, mark
    finally:
        send(signal.SIGKILL, [*living(mark), *(servers(Layout(folder=folder)))])
        process.wait()


def living(mark: str) -> list[int]:
    """The processes of a trial that have not ended."""
    return [pid for pid in pids() if state(pid) != "Z" and mark.encode() in read(pid, "environ")]


def stopped(mark: str) -> list[int]:
    """Those of them, and of the servers that they started, that are stopped."""
    folder = Path(mark.partition("=")[2])
    return [pid for pid in {*living(mark), *servers(Layout(folder=folder))} if state(pid) == "T"]


def servers(layout: Layout) -> list[int]:
    """PostgreSQL and its children, which write over their environment: they work in the folder of a node."""
    return [pid for pid in pids() if str(layout.folder) in where(pid) and state(pid) != "Z"]


def pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def where(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""


def state(pid: int) -> str:
    return read(pid, "stat").rpartition(b")")[2].split()[0].decode() if read(pid, "stat") else "Z"


def read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
