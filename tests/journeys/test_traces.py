"""One application from submission to release is one trace, as a collector in a process of its own received it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from django.db import connections
from pytest_django import Settings

from rukhsa import applying
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.signers.listener import Listener
from rukhsa.jobs import advance_soon
from rukhsa.outside import believed
from rukhsa.project.ports import held_ports
from rukhsa.telemetry import trace
from rukhsa.telemetry.otlp import exporter
from tests.project.test_access_log import run_jobs
from tests.town import PAY, Town, layla
from tests.waiting import LONGEST

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = trace.read(f"00-{TRACE}-00f067aa0ba902b7-01")  # as the proxy gives it with each request
STEPS = {
    *("read a file: check-file", "request", "job journey.advance", "gateway sadad"),
    *("ask the signer: seal", "sign: seal", "ask the signer: certify", "sign: certify"),
}


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[str]:
    """The address of a collector in a process of its own, to which this process exports what is sampled."""
    with held_ports(2) as (port, mail):
        command = [sys.executable, "-m", "rukhsa_rehearsal.sandbox", "--data", str(tmp_path / "collector")]
        process = subprocess.Popen([*command, "--port", str(port), "--smtp-port", str(mail)])
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(lambda: _asked(f"{address}/health") is not None)
            trace.EXPORT.to = exporter(f"{address}/v1/traces", process="test")
            yield address
        finally:
            trace.EXPORT.to = None
            process.terminate()
            process.wait()


@pytest.fixture
def socket_of_signer(town_of_many: Town, settings: Settings) -> Iterator[None]:
    """The signer behind its socket, on connections of its own."""
    with tempfile.TemporaryDirectory(prefix="signer-", dir="/tmp") as place, ThreadPoolExecutor(1) as thread:
        settings.RUKHSA_SIGNER_SOCKET = f"{place}/socket"
        ready, listener = Event(), Listener(f"{place}/socket", users=frozenset({os.geteuid()}))
        done = thread.submit(listener.listen, ready.set)
        assert ready.wait(60)
        yield
        listener.end()
        done.result()
        connections.close_all()


def test_an_application_is_one_trace_and_names_no_one(
    town_of_many: Town, socket_of_signer: None, collector: str
) -> None:
    town = town_of_many
    with trace.span("request", kind=trace.SERVER, parent=GIVEN, view="portal:submit"):
        application = town.draft("proof-of-residence")
        applying.submit(application, actor=town.layla, at=town.at)
    run_jobs("journey")
    with trace.span("request", kind=trace.SERVER, parent=GIVEN, view="desk:decide"):
        application = town.grant(application)
    with trace.span("request", kind=trace.SERVER, parent=GIVEN, view="portal:pay"):
        PAY["sadad"](town.begin_payment(application))
        advance_soon(application.pk)
    run_jobs("journey")
    assert Instrument.objects.filter(intent__application=application).exists()
    # What a step belongs to ends after it, and is sent after it.
    _wait(lambda: {span["name"] for span in spans_in(collector)} >= STEPS and not orphans(collector))
    spans = spans_in(collector)
    assert {span["trace"] for span in spans} == {TRACE}
    job = next(span for span in spans if span["name"] == "job journey.advance")
    assert job["said"]["rukhsa.application"] == str(application.pk)
    assert personal_in(spans) == []
    # The negative control: what is personal would be found.
    assert personal_in([*spans, {"name": f"/people/{layla().personal_number}"}]) != []


def orphans(collector: str) -> list[str]:
    """The names of the spans whose parent the collector does not have."""
    spans = spans_in(collector)
    ids = {span["span"] for span in spans} | {GIVEN.span if GIVEN else ""}
    return [span["name"] for span in spans if span["parent"] not in ids]


def spans_in(collector: str) -> list[dict[str, Any]]:
    """What the collector received."""
    answer = _asked(f"{collector}/v1/traces.json")
    assert answer is not None
    spans: list[dict[str, Any]] = answer.json()
    return spans


def personal_in(spans: list[dict[str, Any]]) -> list[str]:
    """What of Layla stands anywhere in spans."""
    person, told = layla(), str(spans)
    private = (person.personal_number, person.name_ar, person.name_en, person.email, person.phone)
    return [each for each in private if each and str(each) in told]


def _asked(address: str) -> httpx.Response | None:
    try:
        return httpx.get(address, trust_env=False, verify=believed(), timeout=LONGEST)
    except httpx.ConnectError:
        return None


def _wait(until: Any) -> None:
    deadline = time.monotonic() + LONGEST
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.1)
