"""What breaks under the work: the disk is full, an answer to COMMIT is lost, PostgreSQL cuts every connection."""

import hashlib
import resource
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import Error, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from PIL import Image

from rukhsa import journey
from rukhsa.applications.models import Application
from rukhsa.issuance.gate import zbar
from rukhsa.issuance.models import Instrument, Intent, Sealing
from rukhsa.payments.models import Receipt
from tests import town as people
from tests.journeys import facts
from tests.town import Town

SMALLER_THAN_A_DOCUMENT = 20_000  # bytes


@pytest.mark.slow
def test_nothing_is_released_while_the_disk_is_full_and_all_is_when_it_is_not(town_of_many: Town) -> None:
    application = paid(town_of_many)
    # The memory of the second decoder is a file to the kernel, which no full disk keeps small.
    zbar.read(Image.new("L", (9, 9)))
    with full_disk(), pytest.raises(OSError, match="too large"):
        town_of_many.advance(application)
    assert not Instrument.objects.exists()
    assert_whole_files_only()
    town_of_many.advance(application)
    assert_issued_once(application, town_of_many)


@pytest.mark.slow
def test_each_commit_whose_answer_is_lost_is_found_done(
    town_of_many: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = paid(town_of_many)
    lost = 0
    while True:
        with commit_lost(monkeypatch) as losing:
            try:
                town_of_many.advance(application)
            except OperationalError:
                lost += 1
                connection.close()
                continue
        assert not losing.happened
        break
    assert lost >= 5  # or the test did not break what it says
    assert_issued_once(application, town_of_many)


@pytest.mark.slow
def test_connections_that_are_cut_leave_nothing_half_done(town_of_many: Town) -> None:
    application = paid(town_of_many)
    over = threading.Event()
    cutter = threading.Thread(target=cut_connections, args=(over,))
    cutter.start()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: advance_until_cut(application, town_of_many.at), range(2)))
    over.set()
    cutter.join()
    connection.close()
    town_of_many.advance(application)
    assert_issued_once(application, town_of_many)
    # A connection that was cut in its first moment says so late: the next test begins with another.
    connection.close()


def paid(town: Town) -> Application:
    """An application whose bill was paid, which nobody has noticed."""
    application = town.grant(town.apply("proof-of-residence"))
    people.pay_at_kiosk(town.begin_payment(application))
    town.later(minutes=1)
    return application


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow to the size of a document."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALLER_THAN_A_DOCUMENT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Losing:
    """Which commit loses its answer: the first one that follows work of the application's own."""

    broken: set[int] = set()

    def __init__(self) -> None:
        self.count = 0
        self.happened = False


_seen: dict[int, int] = {}


@contextmanager
def commit_lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[Losing]:
    """One commit, a later one at each call, is carried out and reported as failed."""
    losing = Losing()
    nth = _seen.setdefault(0, 0)
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def commit_and_fail(self: Any) -> None:
        commit(self)
        losing.count += 1
        if losing.count == nth + 1:
            losing.happened = True
            _seen[0] = nth + 1
            raise OperationalError("the connection broke before the answer came")

    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "_commit", commit_and_fail)
        yield losing


def cut_connections(over: threading.Event) -> None:
    """Every 0.3 seconds, for 3 seconds, all connections to the database of the test are ended."""
    there = connection.settings_dict
    until = time.monotonic() + 3
    options = {
        name: there[name.upper()] for name in ("host", "port", "user", "password") if there[name.upper()]
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **options) as cutter:
        while not over.is_set() and time.monotonic() < until:
            time.sleep(0.3)
            cutter.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [there["NAME"]]
            )


def advance_until_cut(application: Application, at: datetime) -> None:
    """Advance until it is done, anew after each cut, as a worker's retries would."""
    for _ in range(40):
        try:
            journey.advance(application.pk, at=at)
        except Error:
            time.sleep(0.1)
        else:
            break
        finally:
            connections.close_all()


def assert_whole_files_only() -> None:
    """Each stored file is what its name says."""
    for file in Path(settings.MEDIA_ROOT).rglob("*"):
        if file.is_file() and len(file.name) == 64:
            assert hashlib.sha256(file.read_bytes()).hexdigest() == file.name


def assert_issued_once(application: Application, town: Town) -> None:
    """One of everything, told once a channel, and genuine."""
    assert [model.objects.count() for model in (Receipt, Intent, Sealing, Instrument)] == [1, 1, 1, 1]
    told = facts.notices(application)
    assert len(told) == len(set(told))
    assert {"issued/sms", "issued/mail"} <= set(told)
    assert facts.verdict_on(people.instrument_of(application), at=town.at).word == "valid"
