"""Prometheus is answered at a private address; the workers of one server count together."""

import os
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection

import pytest

from rukhsa.project.command import _observed
from rukhsa.project.config import ConfigError, read
from rukhsa.project.observation import observe
from rukhsa.project.ports import free_port
from rukhsa.project.processes import RUKHSA, processes
from rukhsa.telemetry import exposition

TOKEN = "t" * 40


def settings(**given: str) -> dict[str, str]:
    return {"RUKHSA_ENVIRONMENT": "test", **{f"RUKHSA_{name}": value for name, value in given.items()}}


def asked(port: int, path: str = "/metrics", token: str = "") -> tuple[int, str]:
    """The status and the text of an answer."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_nothing_is_answered_unless_an_address_is_named() -> None:
    told = read(settings()).observation
    assert (told.metrics_port, told.traces_to, told.access_log) == (0, "", False)


@pytest.mark.parametrize("address", ["127.0.0.1:9101", "10.1.2.3:9101", "[::1]:9101", "[fd00::7]:9101"])
def test_a_private_address_is_taken(address: str) -> None:
    assert read(settings(METRICS=address)).observation.metrics_port == 9101


@pytest.mark.parametrize("address", ["0.0.0.0:9101", "203.0.113.4:9101", "[::]:9101", "[2a00:1450::1]:9101"])
def test_an_address_that_others_reach_needs_a_token(address: str) -> None:
    if address.startswith("203."):  # a range for documentation, which Python calls private
        address = "8.8.8.8:9101"
    with pytest.raises(ConfigError, match="which others can reach"):
        read(settings(METRICS=address))
    assert read(settings(METRICS=address, METRICS_TOKEN=TOKEN)).observation.metrics_port == 9101


@pytest.mark.parametrize("address", ["9101", "localhost", "127.0.0.1:0", "127.0.0.1:99999", "here:9101"])
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(ConfigError, match="RUKHSA_METRICS is"):
        read(settings(METRICS=address))


def test_on_one_machine_each_process_has_a_port_of_its_own() -> None:
    parts = processes(read(settings(METRICS="127.0.0.1:9101")))
    ports = {part.name: part.environment.get("RUKHSA_METRICS") for part in parts}
    assert {name: ports[name] for name in ("portal", "verifier", "worker", "signer")} == {
        "portal": "127.0.0.1:9101",
        "verifier": "127.0.0.1:9102",
        "worker": "127.0.0.1:9103",
        "signer": "127.0.0.1:9104",
    }


def test_each_process_of_the_command_is_observed_under_its_name() -> None:
    """The others are servers, and say it where they begin (project/asgi.py)."""
    parts = {part.name: ["rukhsa", *part.command[len(RUKHSA) :]] for part in processes(read(settings()))}
    assert {name: _observed(parts[name]) for name in ("worker", "signer")} == {
        "worker": "worker",
        "signer": "signer",
    }
    assert _observed(["rukhsa", "procrastinate", "worker"]) == "worker"
    assert _observed(["rukhsa", "publish"]) == ""


def test_metrics_are_answered_to_those_who_have_the_token() -> None:
    port = free_port()
    exposition.serve("127.0.0.1", port, token=TOKEN, more=lambda: b"rukhsa_more 1\n")
    status, text = asked(port, token=TOKEN)
    assert status == 200
    assert "# TYPE rukhsa_requests_total counter" in text
    assert text.endswith("rukhsa_more 1\n")
    assert asked(port)[0] == 401
    assert asked(port, token="another")[0] == 401
    assert asked(port, "/", token=TOKEN)[0] == 404


# Two workers of one server: both count, and one of them is asked.
COUNTS = """
import sys
from rukhsa.telemetry import exposition
exposition.share_counts()
from rukhsa.telemetry.metrics import JOBS
JOBS.labels("a.task", "done").inc()
print(flush=True)
sys.stdin.readline()
print(exposition.text().decode())
"""


def test_a_process_that_may_open_no_network_goes_on_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As under the signer's unit, where the kernel refuses the family of the address."""
    told = read({"RUKHSA_ENVIRONMENT": "test", "RUKHSA_METRICS": f"127.0.0.1:{free_port()}"}).observation
    monkeypatch.setattr(socket, "AF_INET", 9)  # X.25, which this kernel does not have
    observe(told, "signer")
    assert "no metrics" in caplog.text
    monkeypatch.undo()
    with (
        closing(socket.create_server((told.metrics_host, told.metrics_port))),
        pytest.raises(OSError, match="in use"),
    ):
        observe(told, "signer")


def test_workers_of_one_server_count_together() -> None:
    environment = {name: value for name, value in os.environ.items() if name != exposition.SHARED}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "\n"
    told = [worker.communicate("\n", timeout=60)[0] for worker in workers]
    assert all('rukhsa_jobs_total{outcome="done",task="a.task"} 2.0' in text for text in told)
