"""The verifier without its database: texts and files are answered as before, and nothing waits for it."""

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from rukhsa.project.config import PROJECT, config
from rukhsa.project.ports import held_ports
from rukhsa.project.processes import processes
from rukhsa.verification import check_count, outage, rate
from rukhsa.verification.counting import Counting
from rukhsa.verification.models import CheckCount
from rukhsa.verification.outage import Outage
from rukhsa.web.public import page, verdicts
from tests.waiting import LONGEST, wait_until
from tests.web.public.conftest import PublicSite, publish


@pytest.fixture
def own_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process knows of the database, for one test."""
    known = Outage()
    for module in (rate, check_count, page, verdicts):
        monkeypatch.setattr(module, "outage", known)


@pytest.mark.django_db
def test_texts_are_answered_and_numbers_are_not_until_the_database_is_back(
    client: Client, public_site: PublicSite, own_outage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"text": public_site.texts["valid"]}
    number = {"number": "CAP-PR-2026-000001-X", "code": "0" * 16}
    with connection.execute_wrapper(gone):
        told = client.post("/verdict", asked, content_type="application/json")
        refused = client.post("/verdict", number, content_type="application/json")
        shown = client.post("/en/number", number)
    assert (told.status_code, told.json()["word"]) == (200, "valid")
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert refused.json()["type"] == "urn:rukhsa:problem:database-away"
    assert shown.status_code == 503
    assert "Numbers cannot be checked right now." in shown.text
    assert not CheckCount.objects.exists()

    monkeypatch.setattr(outage, "SECONDS_LEFT_ALONE", 0.0)
    known = Outage()
    for module in (rate, check_count, page, verdicts):
        monkeypatch.setattr(module, "outage", known)
    client.post("/verdict", asked, content_type="application/json")
    assert [each.count for each in CheckCount.objects.all()] == [2]  # with the one that waited in memory
    assert client.post("/verdict", number, content_type="application/json").status_code == 404


def gone(*_: object) -> None:
    raise OperationalError("the database is away")


@pytest.mark.django_db(transaction=True)
def test_no_verdict_waits_while_its_count_waits(
    client: Client,
    public_site: PublicSite,
    own_outage: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As at a cut, when a primary that lost the others takes a statement and does not answer."""
    asked = {"text": public_site.texts["valid"]}
    monkeypatch.setattr(check_count, "_counting", Counting(name="tried", add=check_count._add_waiting))

    def check() -> int:
        return client.post("/verdict", asked, content_type="application/json").status_code

    check()  # makes the row
    with ThreadPoolExecutor() as people:
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT FROM verification_checkcount FOR UPDATE")
            waiting = people.submit(
                in_a_thread_of_its_own, check
            )  # the control: counted by the request itself
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
            settings.RUKHSA_COUNTS_APART = True
            assert [
                people.submit(in_a_thread_of_its_own, check).result(timeout=LONGEST) for _ in range(3)
            ] == [200] * 3
        assert waiting.result(timeout=LONGEST) == 200
        wait_until(lambda: CheckCount.objects.get().count == 5)


def in_a_thread_of_its_own(act: Callable[[], int]) -> int:
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.slow
def test_with_a_database_that_takes_connections_and_never_answers_no_verdict_waits(tmp_path: Path) -> None:
    site = publish(tmp_path / "public", now=datetime.now(UTC).replace(microsecond=0))
    with create_server(("127.0.0.1", 0)) as silent, served(silent.getsockname()[1], tmp_path) as port:
        body = json.dumps({"text": site.texts["valid"]})
        asked(port, "POST", "/verdict", body)  # learns that the database is away
        began = time.monotonic()
        with ThreadPoolExecutor(8) as people:
            words = list(people.map(lambda _: asked(port, "POST", "/verdict", body), range(40)))
        took = time.monotonic() - began
        assert {(status, json.loads(text)["word"]) for status, text in words} == {(200, "valid")}
        assert took < 40 * 1.0  # one after the other, each waiting for the pool, took eighty
        assert asked(port, "GET", "/healthz", "") == (
            200,
            "ok\npage: yes\ntext: yes\nfile: yes\nnumber: no, database unreachable\n",
        )
        assert asked(port, "GET", "/", "")[0] == 200


@contextmanager
def served(database: int, data: Path) -> Iterator[int]:
    """The port of a verifier whose database is at a port of this machine."""
    with held_ports(1) as (port,):
        ours = replace(config(), addresses=replace(config().addresses, public_port=port))
        (part,) = (each for each in processes(ours) if each.name == "verifier")
        address = f"postgresql:///none?host=127.0.0.1&port={database}"
        process = subprocess.Popen(
            part.command,
            cwd=PROJECT,
            env=os.environ | part.environment | {"DATABASE_URL": address, "RUKHSA_DATA": str(data)},
        )
        try:
            wait_until(lambda: answers(port))
            yield port
        finally:
            process.terminate()
            process.wait(LONGEST)


def answers(port: int) -> bool:
    try:
        return asked(port, "GET", "/assets/words.json", "")[0] == 200
    except OSError:
        return False


def asked(port: int, method: str, path: str, body: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    line.request(
        method, path, body, {"Host": "127.0.0.1", "Content-Type": "application/json"} if body else {}
    )
    with closing(line):
        answer = line.getresponse()
        return answer.status, answer.read().decode()
