"""What Prometheus is told of the database: asked once in 15 seconds, whatever the number of those who show it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from rukhsa.applications.models import Application
from rukhsa.issuance import cycle
from rukhsa.operations.gauge_reading import EVERY, newest_reading
from rukhsa.operations.models import Reading
from rukhsa.payments.models import Receipt
from rukhsa.project import gauges
from tests import ceremony
from tests.rooms.issuance.conftest import RESIDENCE, build_town, granted_application, pay

pytestmark = pytest.mark.django_db
STATEMENTS = 20


@pytest.fixture
def application(settings: Settings, tmp_path: Path) -> Application:
    """An application that is granted and paid, in a town that can issue."""
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = tmp_path / "keys", tmp_path / "public"
    build_town()
    ceremony.make_keys(at=timezone.now(), ahead=1)
    ceremony.hold(at=timezone.now())
    pay(granted_application("proof-of-residence", RESIDENCE))
    return Application.objects.get()


def told(text: bytes) -> dict[str, dict[tuple[str, ...], float]]:
    """What Prometheus reads of a text: the values by name and labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_the_database_is_asked_once_in_15_seconds() -> None:
    asked: list[dict[str, Any]] = []

    def ask(before: dict[str, Any]) -> dict[str, Any]:
        asked.append(before)
        return {"asked": len(asked)}

    at = timezone.now()
    readings = [newest_reading(ask, at=at + timedelta(seconds=second)).found for second in range(40)]
    assert asked == [{}, {"asked": 1}, {"asked": 2}]
    assert [readings[0], readings[14], readings[15], readings[39]] == [
        {"asked": 1},
        {"asked": 1},
        {"asked": 2},
        {"asked": 3},
    ]


def test_one_that_was_overtaken_keeps_nothing() -> None:
    at = timezone.now()

    def slow(before: dict[str, Any]) -> dict[str, Any]:
        newest_reading(lambda _: {"by": "another"}, at=at + EVERY)
        return {"by": "the slow one"}

    newest_reading(slow, at=at)
    assert Reading.objects.get().found == {"by": "another"}


def test_a_day_of_the_town_in_gauges(
    application: Application, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    instrument = cycle.issue(application, at=timezone.now())
    at = timezone.now()
    before = {gauges.RELEASED: gauges.released(None, instrument.released_at)}
    with django_assert_max_num_queries(STATEMENTS):
        found = gauges.ask(before, at=instrument.released_at + timedelta(seconds=61))
    shown = told("".join(gauges.lines(found)).encode())
    assert shown["rukhsa_log_size"][("CAP",)] > 0
    assert shown["rukhsa_signatures_last_hour"][("CAP",)] in (0.0, 1.0)
    assert shown["rukhsa_key_days_left"][("CAP", "seal")] > 0
    assert shown["rukhsa_trust_list_days_left"][()] > 0
    assert shown["rukhsa_database_connections_limit"][()] > shown["rukhsa_database_connections"][()] > 0
    assert shown["rukhsa_paid_unreleased"][()] == 0
    assert shown[f"{gauges.RELEASED}_count"][()] == 1
    assert shown["rukhsa_issuing_stopped"][()] == 0
    again = gauges.ask(found, at=at + timedelta(hours=1))
    assert again[gauges.RELEASED]["count"] == 1  # each release is counted once


def test_what_is_granted_and_paid_and_waits_is_told(application: Application) -> None:
    at = Receipt.objects.get().at + timedelta(minutes=5)
    found = gauges.ask({}, at=at)
    assert found["rukhsa_paid_unreleased"] == [[{}, 1.0]]
    assert found["rukhsa_paid_unreleased_oldest_seconds"] == [[{}, 300.0]]
    assert cycle.issue(application, at=timezone.now())
    assert gauges.ask({}, at=at)["rukhsa_paid_unreleased"] == [[{}, 0.0]]


def test_without_a_reading_everything_is_silent_and_no_worker_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(gauges, "close_old_connections", lambda: None)
    with connection.execute_wrapper(gone):
        assert gauges.text() == b""
