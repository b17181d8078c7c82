"""Relying agencies ask by machine: many documents at once, within a limit, and what has changed since a cursor."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rukhsa.accounts.permissions import Role
from rukhsa.authorities.actor import NotPermitted
from rukhsa.issuance.models import Instrument, Reinstatement, Revocation, Suspension
from rukhsa.mandates.models import Mandate
from rukhsa.verification import rate
from rukhsa.verification.change_feed import changes_since, watch
from rukhsa.verification.relying_key import RelyingKey, TooManyKeys, end_key, make_key
from tests.described import as_described
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.rooms.verification.conftest import Sealed, city
from tests.web.desk.conftest import application, instrument, person

__all__ = ["application", "city", "instrument"]


@pytest.fixture
def hala(db: None) -> Any:
    """The coordinator of EWA."""
    return works.act_as(
        works.staff("hala@ewa.example", "", "Hala", Role.AGENCY_COORDINATOR, at=works.agency())
    )


@pytest.fixture
def key(hala: Any) -> str:
    """A key of EWA's system."""
    return make_key(works.agency(), "Meters", actor=hala, at=SUNDAY)


def ask(key: str, documents: Any) -> Any:
    body = json.dumps({"documents": documents})
    head = {"authorization": f"Bearer {key}"}
    return as_described(
        Client().post("/relying/standings", body, content_type="application/json", headers=head)
    )


def changes(key: str, after: str = "") -> Any:
    head = {"authorization": f"Bearer {key}"}
    return as_described(Client().get("/relying/changes", {"after": after}, headers=head))


def suspended_at_once(instrument: Instrument) -> Suspension:
    """Suspended by Mariam, until another confirms it."""
    mariam = person("mariam", instrument.intent.authority)
    return Suspension.objects.create(
        instrument=instrument,
        reason="x",
        actor=mariam,
        mandate=Mandate.objects.get(post__person=mariam),
        confirm_by=SUNDAY + timedelta(days=1),
        at=SUNDAY,
    )


@pytest.mark.slow
def test_many_are_asked_at_once_and_what_is_found_is_watched(sealed: Sealed, key: str) -> None:
    wrong = {"number": sealed.number, "code": "7K3M-9QXD-4T0Z-WH2B"}
    answer = ask(key, [{"number": sealed.number, "code": sealed.code}, wrong])
    words = [(each["word"], each["is_watched"]) for each in answer.json()["standings"]]
    assert words == [("valid", True), (None, False)]
    suspended = suspended_at_once(sealed.instrument)
    assert [each["what"] for each in changes(key).json()["changes"]] == ["suspended"]
    assert suspended.instrument.number == changes(key).json()["changes"][0]["number"]


def test_changes_are_told_in_their_order_after_a_cursor(instrument: Instrument, key: str) -> None:
    watch("ewa", [instrument.number], at=SUNDAY)
    ended = suspended_at_once(instrument)
    first = changes(key).json()
    assert [each["what"] for each in first["changes"]] == ["suspended"]
    Reinstatement.objects.create(
        suspension=ended, reason="x", actor=ended.actor, mandate=ended.mandate, at=SUNDAY + timedelta(hours=1)
    )
    Revocation.objects.create(instrument=instrument, reason="x", at=SUNDAY + timedelta(hours=2))
    later = changes(key, first["cursor"]).json()
    assert [each["what"] for each in later["changes"]] == ["reinstated", "revoked"]
    assert later["changes"][1]["index"] == instrument.intent.status_index
    rest = changes(key, later["cursor"]).json()
    assert (rest["changes"], rest["cursor"]) == ([], later["cursor"])


def test_a_change_of_this_minute_waits_and_none_is_passed_over(instrument: Instrument, key: str) -> None:
    watch("ewa", [instrument.number], at=SUNDAY)
    Revocation.objects.create(instrument=instrument, reason="x", at=SUNDAY)
    assert changes_since("ewa", "", at=SUNDAY + timedelta(seconds=59)).changes == ()
    assert len(changes_since("ewa", "", at=SUNDAY + timedelta(seconds=60)).changes) == 1


def test_an_agency_is_told_of_what_it_asked_about_alone(instrument: Instrument, key: str) -> None:
    Revocation.objects.create(instrument=instrument, reason="x", at=SUNDAY)
    assert changes(key).json()["changes"] == []
    with CaptureQueriesContext(connection) as counted:
        changes_since("ewa", "", at=SUNDAY)
    assert len(counted) == 1


def test_without_a_key_or_with_one_that_ended_nothing_is_told(key: str, hala: Any) -> None:
    assert changes("made-up").status_code == 401
    assert Client().get("/relying/changes")["WWW-Authenticate"] == "Bearer"
    end_key(RelyingKey.objects.get(), actor=hala, at=SUNDAY)
    assert changes(key).status_code == 401
    assert key not in RelyingKey.objects.values_list("digest", flat=True)


def test_a_limit_of_the_agency_says_when_to_come_back(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate.A_MINUTE, "feed", 2)
    answers = [changes(key) for _ in range(4)]  # a minute may end among them
    assert 429 in {answer.status_code for answer in answers}
    assert all(1 <= int(each["Retry-After"]) <= 60 for each in answers if each.status_code == 429)


@pytest.mark.parametrize(
    "documents", [None, [], [{}], [{"number": 1, "code": "x"}], [{"number": "x", "code": "y"}] * 101]
)
def test_a_question_that_cannot_be_read_is_refused(documents: Any, key: str) -> None:
    assert ask(key, documents).status_code == 400


def test_a_cursor_that_is_none_of_ours_is_refused(key: str) -> None:
    assert changes(key, "yesterday").status_code == 400


def test_only_a_coordinator_makes_keys_and_five_at_most(hala: Any, key: str) -> None:
    noor = works.act_as(works.staff("noor@ewa.example", "", "Noor", Role.AGENCY_OFFICER, at=works.agency()))
    with pytest.raises(NotPermitted):
        make_key(works.agency(), "Mine", actor=noor, at=SUNDAY)
    for number in range(4):
        make_key(works.agency(), str(number), actor=hala, at=SUNDAY)
    with pytest.raises(TooManyKeys):
        make_key(works.agency(), "Sixth", actor=hala, at=SUNDAY)
