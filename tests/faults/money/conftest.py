"""The simulators in a process of their own, and the count of what was tried."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from pytest_django import Settings

from rukhsa.project.config import PROJECT
from rukhsa.project.ports import held_ports
from rukhsa_rehearsal.sandbox.serve import Running
from tests.faults.money import world as worlds
from tests.faults.money.world import World
from tests.faults.tally import is_whole
from tests.outside import gateways
from tests.waiting import LONGEST, wait_until


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the simulators remember."""
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="session")
def sandbox(memory: Path) -> Iterator[Running]:
    """The simulators, and nothing of ours beside them."""
    with held_ports(2) as (port, mail):
        command = [
            *(sys.executable, "-m", "rukhsa_rehearsal.sandbox", "--data", str(memory)),
            *("--port", str(port), "--smtp-port", str(mail)),
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        running = Running(address=f"http://127.0.0.1:{port}", smtp_port=mail)
        try:
            wait_until(lambda: _answers(running.address))
            yield running
        finally:
            process.terminate()
            process.wait(LONGEST)


@pytest.fixture(autouse=True)
def _connected(settings: Settings, sandbox: Running, memory: Path) -> Iterator[None]:
    settings.RUKHSA_TERRITORY = PROJECT / "territories" / "bahrain"
    settings.PAYMENT_GATEWAYS = gateways(sandbox)
    yield
    _forget(memory)


def _forget(memory: Path) -> None:
    """The next test finds simulators with empty books, and none of their faults."""
    with closing(sqlite3.connect(memory / "sandbox.sqlite3", timeout=90)) as books, books:
        books.execute("DELETE FROM record")


@pytest.fixture
def world(_connected: None, transactional_db: None) -> World:
    """Who pays and who sends back."""
    return worlds.build()


@pytest.fixture
def whole(pytestconfig: pytest.Config) -> bool:
    """Whether everything is tried, or a part that fits into every run."""
    return is_whole(pytestconfig)


type Count = Callable[..., None]


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Say what was tried, or what went wrong: points, faults, forged, lost, double, unexplained."""

    def count(**numbers: int) -> None:
        for what, number in numbers.items():
            record_property(f"tally:{what}", number)

    return count


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=10, trust_env=False).is_success
    except httpx.HTTPError:
        return False
