"""What is logged of a request and of a job: names of our own code, a trace, and nothing that leads to a person."""

import asyncio
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from rukhsa.jobs import run_named_later
from rukhsa.project import access_log
from rukhsa.project.config import read
from rukhsa.project.failures import Traced
from rukhsa.telemetry import trace

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-01"
# What a stranger may send in the places that a request has.
PRIVATE = ("900101234", "layla", "K7QX-2M9P", "203.0.113.77")


class Lines(logging.Handler):
    """What is logged, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [told for line in self.lines if (told := json.loads(line))["kind"] == kind]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The access log, switched on."""
    handler, logger, level = Lines(), access_log.logger, access_log.logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


def ask(client: Client, **more: Any) -> None:
    """A request that carries something private wherever a request can."""
    client.get(
        f"/{PRIVATE[0]}/{PRIVATE[1]}",
        {"code": PRIVATE[2]},
        headers={"User-Agent": PRIVATE[1], "Referer": f"https://x.example/{PRIVATE[2]}"},
        REMOTE_ADDR=PRIVATE[3],
        **more,
    )


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_view_and_without_its_path(client: Client, lines: Lines) -> None:
    client.get("/healthz")
    ask(client)
    known, unknown = lines.of("request")
    assert (known["view"], known["status"], known["method"], known["role"]) == ("healthz", 200, "GET", "none")
    assert known["bytes"] == len(b"ok\n")
    assert known["ms"] > 0
    assert known["statements"] >= 1
    assert (unknown["view"], unknown["status"], unknown["network"]) == ("none", 404, "203.0.113.0/24")
    assert private_in(lines.lines) == []


@pytest.mark.django_db
def test_what_is_private_would_be_found(
    client: Client, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The negative control: a line with the whole address, as most servers write it.
    monkeypatch.setattr(access_log, "network_of", lambda address: address)
    ask(client)
    assert private_in(lines.lines) == [PRIVATE[3]]


@pytest.mark.django_db
def test_a_trace_is_taken_from_a_trusted_proxy_alone(
    client: Client, lines: Lines, settings: Settings
) -> None:
    headers = {"traceparent": GIVEN}
    client.get("/healthz", headers=headers)
    settings.CONFIG = read({"RUKHSA_ENVIRONMENT": "test", "RUKHSA_TRUSTED_PROXIES": "127.0.0.1"})
    client.get("/healthz", headers=headers)
    strangers, proxys = lines.of("request")
    assert strangers["trace"] != TRACE
    assert proxys["trace"] == TRACE
    assert trace.here() is None


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_in_the_trace_of_what_queued_it(lines: Lines) -> None:
    ProcrastinateJob.objects.all()._raw_delete(using="default")  # those of other tests outlive these
    with trace.span("request", parent=trace.read(GIVEN)):
        run_named_later("sweeps.clear", queue="sweeps", timestamp=0)
    assert ProcrastinateJob.objects.get().args["traceparent"].split("-")[1] == TRACE
    run_jobs("sweeps")
    # The clock may queue the same task once more.
    (job,) = [each for each in lines.of("job") if each["task"] == "sweeps.clear" and each["trace"] == TRACE]
    assert (job["trace"], job["task"], job["outcome"], job["attempt"]) == (TRACE, "sweeps.clear", "done", 1)
    assert job["statements"] > 0
    assert job["ms"] > 0


@pytest.mark.django_db(transaction=True)
def test_the_line_of_a_failure_names_its_trace(lines: Lines) -> None:
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    with trace.span("request", parent=trace.read(GIVEN)):
        run_named_later("journey.advance", queue="journey", application=str(uuid4()))
    said: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            Traced().filter(record)
            said.append(f"{record.getMessage()}{record.trace}")  # type: ignore[attr-defined]

    outcome, handler = logging.getLogger("procrastinate.worker"), Kept()
    outcome.addHandler(handler)
    try:
        run_jobs("journey")
    finally:
        outcome.removeHandler(handler)
    assert [job["outcome"] for job in lines.of("job") if job["task"] == "journey.advance"] == ["failed"]
    assert [line for line in said if "journey.advance" in line and line.endswith(f" trace={TRACE}")]


def test_outside_of_a_trace_nothing_is_carried() -> None:
    assert trace.carried() == {}


def private_in(lines: list[str]) -> list[str]:
    """What is private in lines of a log."""
    return [each for each in PRIVATE if any(each in line for line in lines)]


def run_jobs(queue: str) -> None:
    """Do what is queued in one queue, as a worker does."""
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]

    async def work() -> None:
        # One thread, so that its connection can be closed at the end.
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        async with worker.open_async():
            await worker.run_worker_async(
                queues=[queue], wait=False, install_signal_handlers=False, listen_notify=False
            )
        await loop.run_in_executor(None, connections.close_all)
        await sync_to_async(connections.close_all)()

    asyncio.run(work())


@pytest.mark.django_db
def test_what_was_sent_makes_no_line_of_its_own(client: Client, lines: Lines) -> None:
    forged = '\r\n{"kind":"request","view":"forged"}\r\n'
    for path in (f"/number{quote(forged)}", f"/?q={quote(forged)}"):
        client.get(path, headers={"User-Agent": forged, "X-Forwarded-For": forged, "Traceparent": forged})
    assert len(lines.of("request")) == 2
    assert not [line for line in lines.lines if "forged" in line or "\n" in line or "\r" in line]
