"""A trial that is told to end in the middle of a fault: it mends what it broke, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from rukhsa.project.config import PROJECT
from rukhsa_rehearsal.cluster import configuration
from rukhsa_rehearsal.cluster.interruptible import ENDED_EARLY
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.processes_of import send
from rukhsa_rehearsal.cluster.programs import output
from rukhsa_rehearsal.outage.cut import table_of
from tests.opinions import AS_ROOT
from tests.running import running
from tests.waiting import LONGEST, wait_until

MARK = "TRIAL_OF_THE_TESTS"  # in the environment of all that a trial starts: its folder

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
    with trial(LIGHT, tmp_path) as process:
        wait_until(lambda: len(stopped(tmp_path)) == 1 and len(living(tmp_path)) > 4)
        process.send_signal(number)
        assert process.wait(LONGEST) == ENDED_EARLY
        assert (tmp_path / "mended").exists()
        wait_until(lambda: not living(tmp_path))


@pytest.mark.own_clock
@pytest.mark.slow
def test_told_to_end_while_the_primary_is_paused_and_cut_off_it_leaves_no_server_and_no_cut(
    layout: Layout,
) -> None:
    configuration.write_all(layout)
    with trial(HEAVY, layout.folder) as process:
        wait_until(lambda: len(stopped(layout.folder)) > 2)
        process.send_signal(signal.SIGINT)
        assert process.wait(LONGEST) == ENDED_EARLY
        assert not servers(layout.folder)
        wait_until(lambda: not living(layout.folder))
    if AS_ROOT:
        assert table_of(layout) not in output("nft", "list", "tables")


@contextmanager
def trial(script: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A trial of a folder, which marks all that it starts; what it leaves behind is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], env=os.environ | {MARK: str(folder)}, cwd=PROJECT
    )
    try:
        yield process
    finally:
        send(signal.SIGKILL, [*living(folder), *servers(folder)])
        process.wait()


def living(folder: Path) -> list[int]:
    """The processes of a trial that have not ended."""
    return [each.pid for each in running("environ") if (each.info["environ"] or {}).get(MARK) == str(folder)]


def stopped(folder: Path) -> list[int]:
    """Those of them, and of the servers that they started, that are stopped."""
    there = {*living(folder), *servers(folder)}
    return [
        each.pid for each in running() if each.pid in there and each.info["status"] == psutil.STATUS_STOPPED
    ]


def servers(folder: Path) -> list[int]:
    """PostgreSQL and its children, which write over their environment: they work in the folder of a node."""
    return [each.pid for each in running("cwd") if str(folder) in (each.info["cwd"] or "")]
