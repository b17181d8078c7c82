"""The supervisor: parts run together, come back when they crash, and end together however the end comes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rukhsa.project.ports import FIRST_OF_CONNECTIONS, PortsBusy, free_port, held_ports, require_free
from rukhsa.project.supervisor import AlreadyRunning, Process, Supervisor, only_one
from tests.running import children_of, is_running
from tests.waiting import LONGEST, wait_until

SUPERVISE = """
import sys
from rukhsa.project.supervisor import Process, say, supervise
async def nothing() -> None: ...
program = "import sys, time; print(sys.argv[1], flush=True); time.sleep(3600)"
parts = [Process(name=name, command=(sys.executable, "-c", program, name)) for name in ("one", "two")]
supervise(parts, say=say, when_started=nothing)
"""


def test_a_part_that_crashes_is_started_again(tmp_path: Path) -> None:
    count = tmp_path / "count"
    program = f"open({str(count)!r}, 'a').write('x'); raise SystemExit(3)"
    lines: list[str] = []
    part = Process(name="weak", command=(sys.executable, "-c", program))
    _supervise_until([part], lambda: count.exists() and len(count.read_text()) >= 2, lines.append)
    assert "weak │ ended with 3; starts again in 1 s" in lines


def test_a_part_is_seen_to_end_while_its_child_lives_on_and_the_child_ends_too(tmp_path: Path) -> None:
    children = tmp_path / "children"  # the part may have been started again before it is ended
    program = (
        "import subprocess; pid = subprocess.Popen(['sleep', '3600']).pid; "
        f"open({str(children)!r}, 'a').write(f'{{pid}} ')"
    )
    lines: list[str] = []
    part = Process(name="weak", command=(sys.executable, "-c", program))
    _supervise_until([part], lambda: "weak │ ended with 0; starts again in 1 s" in lines, lines.append)
    started = [int(pid) for pid in children.read_text().split()]
    assert started
    wait_until(lambda: not any(is_running(pid) for pid in started))


def test_what_a_part_says_carries_its_name() -> None:
    lines: list[str] = []
    part = Process(
        name="town", command=(sys.executable, "-c", "print('رخصة'); import time; time.sleep(3600)")
    )
    _supervise_until([part], lambda: bool(lines), lines.append)
    assert lines[0] == "town │ رخصة"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_supervisor(number: signal.Signals) -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout
    assert {supervisor.stdout.readline().split()[0] for _ in range(2)} == {"one", "two"}
    leaders = children_of(supervisor.pid)
    assert len(leaders) == 2
    supervisor.send_signal(number)
    supervisor.communicate(timeout=LONGEST)
    wait_until(lambda: not any(is_running(leader) for leader in leaders))


def test_a_busy_port_is_named_with_the_setting_that_moves_it() -> None:
    with held_ports(1) as (port,):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
            taken.listen()
            with pytest.raises(PortsBusy, match=rf"port {port} is busy: set RUKHSA_PORTAL_PORT"):
                require_free({"RUKHSA_PORTAL_PORT": port}, bind="127.0.0.1")
        require_free({"RUKHSA_PORTAL_PORT": port}, bind="127.0.0.1")


def test_two_processes_do_not_share_a_port() -> None:
    port = free_port()
    with pytest.raises(PortsBusy, match="RUKHSA_PORTAL_PORT and RUKHSA_PUBLIC_PORT are both"):
        require_free({"RUKHSA_PORTAL_PORT": port, "RUKHSA_PUBLIC_PORT": port}, bind="127.0.0.1")


def test_held_ports_differ_and_are_given_to_nobody_else_and_to_no_connection() -> None:
    with held_ports(40) as ports:
        assert len(set(ports)) == 40
        assert max(ports) < FIRST_OF_CONNECTIONS
        require_free(
            {f"RUKHSA_{port}_PORT": port for port in ports}, bind="127.0.0.1"
        )  # for whom they are held
        with socket.socket() as another, pytest.raises(OSError, match="in use"):
            another.bind(("127.0.0.1", ports[0]))
    with socket.socket() as another:
        another.bind(("127.0.0.1", ports[0]))


def test_a_folder_is_run_once_at_a_time(tmp_path: Path) -> None:
    with (
        only_one(tmp_path / "running"),
        pytest.raises(AlreadyRunning, match=str(os.getpid())),
        only_one(tmp_path / "running"),
    ):
        pass
    with only_one(tmp_path / "running"):
        pass


def _supervise_until(parts: list[Process], holds: Callable[[], bool], say: Callable[[str], None]) -> None:
    async def wait() -> None:
        await asyncio.to_thread(wait_until, holds)
        os.kill(os.getpid(), signal.SIGTERM)

    asyncio.run(Supervisor(parts, say=say).run(wait))
