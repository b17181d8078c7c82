"""The health of a process is the health of its database."""

from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rukhsa.authorities.models import Authority
from rukhsa.issuance import cap
from rukhsa.issuance.cap import CapAlarm
from rukhsa.issuance.site import PublishedTrustList
from rukhsa.project import health
from rukhsa.verification.outage import Outage
from tests.web.public.conftest import publish

CAN = b"ok\npage: yes\ntext: yes\nfile: yes\n"
NOTHING_YET = b"ok\n" + b"".join(
    b"%s: no, nothing is published yet\n" % what for what in (b"page", b"text", b"file", b"number")
)


@pytest.mark.django_db
def test_a_process_whose_database_answers_is_healthy(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_process_whose_database_is_gone_says_so(client: Client) -> None:
    def gone(*_: object) -> None:
        raise DatabaseError("gone")

    with connection.execute_wrapper(gone):
        assert client.get("/healthz").status_code == 503


@pytest.mark.django_db
def test_a_verifier_without_its_database_serves_on_and_says_what_it_cannot_do(
    client: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF, settings.RUKHSA_PUBLIC = "rukhsa.project.urls_public", tmp_path / "public"
    monkeypatch.setattr(health, "outage", Outage())
    assert client.get("/healthz").content == NOTHING_YET
    PublishedTrustList.objects.create(version=1, text="", at=timezone.now())
    assert client.get("/healthz").status_code == 503  # it is published, and not here
    publish(tmp_path / "public", now=timezone.now())

    def gone(*_: object) -> None:
        raise OperationalError("gone")

    assert client.get("/healthz").content == CAN + b"number: yes\n"
    with connection.execute_wrapper(gone):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, CAN + b"number: no, database unreachable\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("urls", "beside"),
    [("rukhsa.project.urls", b""), ("rukhsa.project.urls_public", NOTHING_YET.removeprefix(b"ok\n"))],
)
def test_a_cap_that_is_reached_is_told_for_an_hour_and_the_process_still_serves(
    urls: str, beside: bytes, client: Client, settings: Settings
) -> None:
    settings.ROOT_URLCONF = urls
    authority = Authority.objects.create(code="CAP", ordinal=1)
    now = timezone.now()
    CapAlarm.objects.create(authority=authority, purpose="seal", cap=2, at=now - cap.HOUR)
    assert client.get("/healthz").content == b"ok\n" + beside
    CapAlarm.objects.create(authority=authority, purpose="seal", cap=2, at=now - cap.HOUR / 2)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n" + beside + b"cap reached\n")
