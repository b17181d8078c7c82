"""What breaks under the work: the disk is full, an answer to COMMIT is lost, PostgreSQL cuts every connection."""

import hashlib
import itertools
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import Error, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from PIL import Image
from procrastinate.exceptions import ConnectorException

from rukhsa import journey
from rukhsa.applications.models import Application
from rukhsa.issuance.gate import zbar
from rukhsa.issuance.models import Instrument, Intent, Sealing
from rukhsa.payments.models import Receipt
from tests import town as people
from tests.journeys import facts
from tests.together import at_once
from tests.town import Town
from tests.waiting import LONGEST

SMALLER_THAN_A_DOCUMENT = 20_000  # bytes
LAST_CUT = 24  # of the commits of two workers: after it they are left in peace, and end


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
    for number in itertools.count(1):
        with commit_lost(monkeypatch, number) as losing:
            try:
                town_of_many.advance(application)
            except OperationalError:
                connection.close()
        if not losing.happened:
            break
    assert number > 5  # or the test did not break what it says
    assert_issued_once(application, town_of_many)


@pytest.mark.slow
def test_connections_that_are_cut_leave_nothing_half_done(
    town_of_many: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = paid(town_of_many)
    with cutting(monkeypatch) as cuts:
        at_once([lambda: advance_until_it_is_done(application, town_of_many.at)] * 2)
    connection.close()  # it was cut as well
    assert len(cuts) >= 5  # or the test did not break what it says
    town_of_many.advance(application)
    assert_issued_once(application, town_of_many)


def paid(town: Town) -> Application:
    """An application whose bill was paid, and not yet noticed by us."""
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
    """Whether the commit came that was to lose its answer."""

    def __init__(self) -> None:
        self.count = 0
        self.happened = False


@contextmanager
def commit_lost(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[Losing]:
    """The commit of this number is carried out and reported as failed."""
    losing = Losing()
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def commit_and_fail(self: Any) -> None:
        commit(self)
        losing.count += 1
        if losing.count == number:
            losing.happened = True
            raise OperationalError("the connection broke before the answer came")

    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "_commit", commit_and_fail)
        yield losing


@contextmanager
def cutting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Every second commit of the first ones finds all connections ended, its own too; gives which ones did.

    Each worker is so cut at its commits, and wherever it stands when the other one comes to commit.
    """
    cut, numbers, one_at_a_time = list[int](), itertools.count(1), threading.Lock()
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def commit_without_a_connection(self: Any) -> None:
        with one_at_a_time:
            number = next(numbers)
            if number % 2 and number < LAST_CUT:
                cut_connections(self.settings_dict)
                cut.append(number)
        commit(self)

    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "_commit", commit_without_a_connection)
        yield cut


def cut_connections(there: dict[str, Any]) -> None:
    """End all connections to the database of the test, and see them gone."""
    options = {
        name: there[name.upper()] for name in ("host", "port", "user", "password") if there[name.upper()]
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **options) as cutter:
        cutter.execute(
            # Where autovacuum works in the database, no one but a superuser may end that.
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",
            [LONGEST * 1000, there["NAME"]],
        )


def advance_until_it_is_done(application: Application, at: datetime) -> None:
    """Advance again after each cut, as a worker's retries would."""
    while True:
        try:
            return journey.advance(application.pk, at=at)
        except (Error, ConnectorException):  # the latter where a job was being queued
            connection.close()


def assert_whole_files_only() -> None:
    """Each stored file is what its name says."""
    for file in Path(settings.MEDIA_ROOT).rglob("*"):
        if file.is_file() and len(file.name) == 64:
            assert hashlib.sha256(file.read_bytes()).hexdigest() == file.name


def assert_issued_once(application: Application, town: Town) -> None:
    """One of everything, one notice for each channel, and genuine."""
    assert [model.objects.count() for model in (Receipt, Intent, Sealing, Instrument)] == [1, 1, 1, 1]
    told = facts.notices(application)
    assert len(told) == len(set(told))
    assert {"issued/sms", "issued/mail"} <= set(told)
    assert facts.verdict_on(people.instrument_of(application), at=town.at).word == "valid"
