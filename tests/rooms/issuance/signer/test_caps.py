"""Caps: an authority gets at most so many documents an hour, and the others follow later by themselves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import Settings

from rukhsa.audit.models import JournalEntry
from rukhsa.issuance import cap, cycle
from rukhsa.issuance.cap import HOUR, CapReached
from rukhsa.issuance.cycle import issue_together
from rukhsa.issuance.grant import grant
from rukhsa.issuance.key_index import KeyFault
from rukhsa.issuance.models import CapAlarm, Instrument, Signing
from rukhsa.issuance.prepare import prepare
from rukhsa.issuance.signers import signer
from rukhsa.project.config import ConfigError, read
from rukhsa.project.signing import Caps
from tests.rooms.issuance.conftest import NOW, Grant

DEVELOPMENT = {"RUKHSA_ENVIRONMENT": "development"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_race_are_given_no_more_than_the_cap(
    granted: Grant, socket_of_signer: Path, settings: Settings
) -> None:
    settings.RUKHSA_CAPS = Caps(others=5)
    intents = [each.intent.pk for each in prepare([grant(granted(), at=NOW) for _ in range(12)], at=NOW)]

    def ask(intent: object) -> bool:
        try:
            return bool(signer().seal([intent], at=NOW))  # type: ignore[list-item]
        except CapReached:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(ask, intents)) == 5


@pytest.mark.django_db(transaction=True)
def test_without_taking_turns_the_race_would_be_lost(
    granted: Grant, socket_of_signer: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: all look before any has counted, as without the lock they may."""
    from threading import Barrier

    settings.RUKHSA_CAPS = Caps(others=1)
    intents = [each.intent.pk for each in prepare([grant(granted(), at=NOW) for _ in range(2)], at=NOW)]
    together, counted = Barrier(2), cap._given

    def look(authority: str, purpose: str, at: object) -> int:
        found = counted(authority, purpose, at)  # type: ignore[arg-type]
        together.wait(60)
        return found

    monkeypatch.setattr(cap, "one_at_a_time", lambda name: None)
    monkeypatch.setattr(cap, "_given", look)
    with ThreadPoolExecutor(2) as crowd:
        given = list(crowd.map(lambda intent: signer().seal([intent], at=NOW), intents))
    assert len(given) == 2


@pytest.mark.django_db
def test_what_is_over_the_cap_waits_and_is_issued_when_the_hour_has_passed(
    granted: Grant, settings: Settings
) -> None:
    settings.RUKHSA_CAPS = Caps(others=100, named={"CAP": 2})
    applications = [granted() for _ in range(3)]
    for application in applications[:2]:
        cycle.issue(application, at=NOW)
    with pytest.raises(CapReached, match="CAP was given 2 of 2 seal signatures an hour; 1 more wait"):
        cycle.issue(applications[2], at=NOW + timedelta(minutes=59))
    assert cycle.issue(applications[2], at=NOW + HOUR)


@pytest.mark.django_db
def test_of_many_at_once_as_many_are_issued_as_the_cap_has_room_for(
    granted: Grant, settings: Settings
) -> None:
    settings.RUKHSA_CAPS = Caps(others=2)
    outcomes = issue_together([grant(granted(), at=NOW) for _ in range(3)], at=NOW).values()
    assert [isinstance(each, Instrument) for each in outcomes] == [True, True, False]
    assert [type(each) for each in outcomes][2] is CapReached


@pytest.mark.django_db
def test_the_alarm_is_sounded_once_an_hour_in_the_journal_and_each_time_in_the_log(
    granted: Grant, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RUKHSA_CAPS = Caps(others=0)
    (prepared,) = prepare([grant(granted(), at=NOW)], at=NOW)
    for minutes in (0, 1, 61):
        with pytest.raises(CapReached):
            signer().seal([prepared.intent.pk], at=NOW + timedelta(minutes=minutes))
    assert CapAlarm.objects.count() == JournalEntry.objects.filter(act="reach-cap").count() == 2
    assert caplog.messages.count("cap reached: CAP has had 0 seal signatures within an hour") == 3
    assert cap.alarms(["CAP"], at=NOW + timedelta(minutes=62))
    assert not cap.alarms(["MUH"], at=NOW + timedelta(minutes=62))
    assert not cap.alarms(["CAP"], at=NOW + timedelta(hours=3))


@pytest.mark.django_db
def test_what_could_not_be_signed_after_all_is_given_back(granted: Grant, settings: Settings) -> None:
    settings.RUKHSA_CAPS = Caps(others=1)
    (prepared,) = prepare([grant(granted(), at=NOW)], at=NOW)
    for key in Path(settings.RUKHSA_KEYS).glob("CAP-seal-*.pem"):
        key.chmod(0o444)
    from rukhsa.issuance.signers import file

    file._load.cache_clear()
    for _ in range(3):
        with pytest.raises(KeyFault):
            signer().seal([prepared.intent.pk], at=NOW)
    assert cap.used(["CAP"], at=NOW)[0].documents == 0
    for key in Path(settings.RUKHSA_KEYS).glob("CAP-seal-*.pem"):
        key.chmod(0o400)
    assert signer().seal([prepared.intent.pk], at=NOW)


@pytest.mark.django_db
def test_the_count_reads_this_hour_by_its_index_however_much_was_signed_before(
    town: object, settings: Settings
) -> None:
    Signing.objects.bulk_create(
        Signing(authority_id="CAP", purpose="seal", count=1, at=NOW - timedelta(minutes=minute))
        for minute in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE issuance_signing")
        cursor.execute(
            "EXPLAIN (FORMAT TEXT) SELECT sum(count) FROM issuance_signing"
            " WHERE authority_id = 'CAP' AND purpose = 'seal' AND at > %s",
            [NOW - HOUR],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "signings_by_their_hour" in plan
    assert cap.used(["CAP"], at=NOW)[0].documents == 60


@pytest.mark.django_db
def test_the_command_says_what_was_given_and_the_caps(granted: Grant, settings: Settings) -> None:
    from django.utils import timezone

    settings.RUKHSA_CAPS = Caps(others=None, named={"CAP": 7})
    Signing.objects.create(authority_id="CAP", purpose="seal", count=3, at=timezone.now())
    said = StringIO()
    call_command("issuing", "status", stdout=said)
    lines = said.getvalue().splitlines()
    assert "CAP       3 documents in the hour, of 7" in lines
    assert "MUH       0 documents in the hour, no cap" in lines


def test_caps_are_read_from_the_environment() -> None:
    caps = read(DEVELOPMENT | {"RUKHSA_SIGNATURES_AN_HOUR": "1000, CAP=2000, MUH=none"}).signing.caps
    assert [caps.of(code) for code in ("CAP", "MUH", "NOR")] == [2000, None, 1000]
    assert read(DEVELOPMENT).signing.caps.of("CAP") is None
    for wrong in ("many", "CAP=-1", "CAP:5"):
        with pytest.raises(ConfigError, match="RUKHSA_SIGNATURES_AN_HOUR"):
            read(DEVELOPMENT | {"RUKHSA_SIGNATURES_AN_HOUR": wrong})
