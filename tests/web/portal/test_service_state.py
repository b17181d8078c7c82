"""Whether the service works, in both languages, on the portal and, without a database, on the verifier's side."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rukhsa import service_status
from rukhsa.accounts.permissions import Role
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import site
from rukhsa.issuance.issuing_stop import stop_issuing
from rukhsa.operations.models import PeriodicRun, PlannedWork
from rukhsa.payments.models import GatewayContact
from rukhsa.service_status import Part, ServiceStatus, Works, as_json, current, publish, published
from rukhsa.verification import own_verifier
from tests.rooms.review import works
from tests.web.public.conftest import publish as publish_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """The moment at which the test begins: pages look at the clock themselves."""
    return timezone.now()


@pytest.fixture(autouse=True)
def _published(settings: Settings, tmp_path: Path, now: datetime) -> None:
    settings.RUKHSA_PUBLIC = tmp_path / "public"
    publish_files(tmp_path / "public", now=now)


@contextmanager
def gone_database() -> Iterator[None]:
    """Every statement fails, as when the database is away."""

    def gone(*_: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        yield


@pytest.fixture
def no_database() -> Iterator[None]:
    """The database is away."""
    with gone_database():
        yield


def working(now: datetime) -> dict[Part, Works]:
    return {each.part: each.works for each in current(at=now).parts}


def test_on_a_good_day_everything_works(now: datetime) -> None:
    assert set(working(now).values()) == {Works.YES}


def test_one_silent_gateway_is_a_part_and_all_are_the_whole(now: datetime) -> None:
    first, *rest = territory().gateways
    since = now - timedelta(minutes=20)
    GatewayContact.objects.create(gateway=first, failing_since=since)
    assert working(now)[Part.PAYMENTS] == Works.PARTLY
    for code in rest:
        GatewayContact.objects.create(gateway=code, failing_since=since)
    assert working(now)[Part.PAYMENTS] == Works.NO
    GatewayContact.objects.update(failing_since=now - timedelta(minutes=1))  # it may only be busy
    assert working(now)[Part.PAYMENTS] == Works.YES


def test_a_worker_that_is_late_and_a_stop_are_told(now: datetime) -> None:
    ran = now - timedelta(minutes=30)
    PeriodicRun.objects.create(task=service_status.SWEEP, began_at=ran, succeeded_at=ran, took_ms=5)
    assert working(now)[Part.ISSUING] == Works.PARTLY
    stop_issuing(reason="a key may be lost", operator="the tests", at=now)
    assert working(now)[Part.ISSUING] == Works.NO


def test_a_trust_list_that_is_over_stops_checking() -> None:
    listed = own_verifier.verifier().trust_list
    assert service_status.checking(at=listed.expires).works == Works.NO


def test_the_task_that_sweeps_is_the_one_that_is_watched() -> None:
    from rukhsa.sweeps import sweep

    assert sweep.name == service_status.SWEEP


def test_what_is_published_is_read_without_a_database(no_database: None, now: datetime) -> None:
    told = [service_status.Told(part=Part.PAYMENTS, works=Works.PARTLY, since=now)]
    told += [service_status.Told(part=part, works=Works.YES) for part in (Part.APPLICATIONS, Part.ISSUING)]
    site.files().write(service_status.FILE, as_json(ServiceStatus(parts=told), at=now))
    read = {each.part: each for each in published(at=now + timedelta(minutes=4)).parts}
    assert (read[Part.PAYMENTS].works, read[Part.PAYMENTS].since) == (Works.PARTLY, now)
    assert read[Part.CHECKING].works == Works.YES
    old = {each.part: each.works for each in published(at=now + timedelta(minutes=6)).parts}
    assert old == {**dict.fromkeys(Part, Works.UNKNOWN), Part.CHECKING: Works.YES}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"at": "today"}', b'{"at": 7}', b'{"planned": 7}'])
def test_a_file_that_cannot_be_read_is_not_known(content: bytes, now: datetime) -> None:
    site.files().write(service_status.FILE, content)
    assert {each.works for each in published(at=now).parts} == {Works.UNKNOWN, Works.YES}


@pytest.mark.parametrize(("language", "words"), [("en", "Works in part"), ("ar", "يعمل جزئيًا")])
def test_the_portal_says_it_in_both_languages(
    client: Client, language: str, words: str, now: datetime
) -> None:
    since = now - timedelta(minutes=20)
    GatewayContact.objects.create(gateway=territory().gateways[0], failing_since=since)
    client.cookies["rukhsa-language"] = language
    answer = client.get("/service-status")
    assert answer.status_code == 200
    assert words in answer.text


@pytest.mark.parametrize(
    ("path", "words"), [("/service-status", "غير معروف"), ("/en/service-status", "Not known")]
)
def test_the_verifier_says_it_without_a_database(
    client: Client, settings: Settings, no_database: None, path: str, words: str
) -> None:
    settings.ROOT_URLCONF = "rukhsa.project.urls_public"
    answer = client.get(path)
    assert answer.status_code == 200
    assert words in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_the_worker_publishes_it_as_a_file_of_the_site(
    client: Client, settings: Settings, now: datetime
) -> None:
    publish(timestamp=0)
    settings.ROOT_URLCONF = "rukhsa.project.urls_public"
    said = json.loads(client.get("/service.json").content)
    assert said["payments"] == {"works": "yes", "since": None}
    assert said.keys() == {"at", "planned", *Part}


def plan(now: datetime, *, starts: timedelta, lasts: timedelta = timedelta(hours=2)) -> PlannedWork:
    """Work on payments that was announced, beginning so long after now."""
    khalid = works.staff("khalid@town.example", "خالد", "Khalid", Role.OPERATOR, at=works.authority())
    return PlannedWork.objects.create(
        parts=[Part.PAYMENTS], starts_at=now + starts, ends_at=now + starts + lasts, ar="صيانة", en="Maintenance",
        entered_by=khalid, entered_at=now - timedelta(days=1),
    )  # fmt: skip


def test_planned_work_is_told_until_it_is_over(client: Client, now: datetime) -> None:
    plan(now, starts=timedelta(hours=3))
    plan(now, starts=timedelta(hours=-1))
    plan(now, starts=timedelta(hours=-3))
    assert [work.starts_at - now for work in current(at=now).planned] == [
        timedelta(hours=-1),
        timedelta(hours=3),
    ]
    client.cookies["rukhsa-language"] = "en"
    page = client.get("/service-status").text
    assert page.count("Maintenance") == 2
    assert "Now, until" in page
    assert "Does not work meanwhile: Paying" in " ".join(page.split())


def test_planned_work_is_told_without_a_database(client: Client, settings: Settings, now: datetime) -> None:
    plan(now, starts=timedelta(hours=3))
    publish(timestamp=0)
    settings.ROOT_URLCONF = "rukhsa.project.urls_public"

    with gone_database():
        assert "صيانة" in client.get("/service-status").text
    assert published(at=now + timedelta(hours=6)).planned == []
