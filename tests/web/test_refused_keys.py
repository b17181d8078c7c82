"""A refused key of an agency's system stands in the security log, with its reason, and a flood fills no journal."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from rukhsa.accounts.client import pseudonym
from rukhsa.accounts.permissions import Role
from rukhsa.audit.journal import record_event
from rukhsa.audit.models import JournalEntry
from rukhsa.audit.security import Event
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.staff.limit import Limit
from rukhsa.verification.refused_key import ONCE, TOGETHER, note_secret
from rukhsa.verification.relying_key import RelyingKey, end_key, make_key
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.rooms.staff.conftest import lines as _lines
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.conftest import sign_in as _sign_in

sign_in, lines = _sign_in, _lines
pytestmark = pytest.mark.django_db


@pytest.fixture
def hala(db: None) -> Actor:
    """The coordinator of EWA."""
    return works.act_as(person("hala", works.agency()))


def ask(secret: str, path: str = "/agency/questions", network: str = "203.0.113") -> int:
    head = {"authorization": f"Bearer {secret}"} if secret else {}
    return Client(REMOTE_ADDR=f"{network}.77", headers=head).get(path).status_code


def noted() -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(act="refuse-key", is_security=True).order_by("pk"))


def test_an_unknown_key_is_noted_by_its_pseudonym_with_where_it_came_from(db: None) -> None:
    assert ask("no-such-key", "/relying/changes") == 401
    [entry] = noted()
    assert (entry.actor, entry.subject) == (None, pseudonym("no-such-key"))
    told = {"why": "unknown-key", "network": "203.0.113.0/24", "route": "api:changes"}
    assert entry.detail == told


def test_a_key_that_works_and_a_question_without_one_are_no_refused_keys(hala: Actor) -> None:
    assert ask(make_key(works.agency(), "Cables", may_answer=True, actor=hala, at=SUNDAY)) == 200
    assert ask("") == 401
    assert noted() == []


def test_an_ended_key_is_noted_by_itself_and_looks_unknown_from_outside(hala: Actor) -> None:
    secret = make_key(works.agency(), "Cables", actor=hala, at=SUNDAY)
    key = RelyingKey.objects.get()
    end_key(key, actor=hala, at=SUNDAY)
    assert ask(secret, "/relying/changes") == 401
    [entry] = noted()
    assert (entry.subject, entry.detail["why"], entry.detail["agency"]) == (str(key.pk), "ended-key", "ewa")


def test_a_key_without_the_permission_and_what_it_does_not_reach_are_noted(hala: Actor) -> None:
    plain = make_key(works.agency(), "Meters", actor=hala, at=SUNDAY)
    answers = make_key(works.agency(), "Cables", may_answer=True, actor=hala, at=SUNDAY)
    assert ask(plain) == 403
    assert ask(answers, f"/agency/questions/{uuid4()}") == 404
    assert [entry.detail["why"] for entry in noted()] == ["not-permitted", "absent"]
    Post.objects.filter(person=hala.person).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert ask(answers) == 403
    assert [entry.detail["why"] for entry in noted()] == ["not-permitted", "absent", "not-permitted"]


def test_the_same_refusal_is_noted_once_an_hour(hala: Actor) -> None:
    plain = make_key(works.agency(), "Meters", actor=hala, at=SUNDAY)
    for _ in range(5):
        assert ask(plain) == 403
    assert len(noted()) == 1
    Limit.objects.filter(key__startswith=ONCE.name).delete()  # as the hour does
    ask(plain)
    assert len(noted()) == 2


def test_invented_keys_are_noted_once_for_a_subscriber_and_so_many_for_all(db: None) -> None:
    at = timezone.now()
    for each in range(20):
        send(f"key-{each}", "198.51.100.1", at)
    assert len(noted()) == 1
    for each in range(2 * TOGETHER.burst):
        send(f"another-{each}", f"198.51.100.{each + 2}", at)
    reasons = [entry.detail["why"] for entry in noted()]
    assert (reasons.count("unknown-key"), reasons.count("many")) == (TOGETHER.burst, 1)


def send(secret: str, address: str, at: datetime) -> None:
    note_secret(secret, address=address, route="api:changes", at=at)


@pytest.mark.parametrize("secret", ["x" * 500, "caf\xe9", "a\ufffdb"])
def test_what_is_no_key_at_all_is_refused_and_noted(secret: str, db: None) -> None:
    assert ask(secret) == 401
    assert [entry.detail["why"] for entry in noted()] == ["unknown-key"]


def test_its_line_has_neither_the_secret_nor_an_address(
    hala: Actor,
    lines: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    plain = make_key(works.agency(), "Meters", actor=hala, at=SUNDAY)
    with django_capture_on_commit_callbacks(execute=True):
        ask(plain)
        ask("canary-secret")
    told = [line for line in lines if line["event"] == "refuse-key"]
    assert [line["why"] for line in told] == ["not-permitted", "unknown-key"]
    assert told[0]["agency"] == "ewa"
    assert told[0]["network"] == pseudonym("203.0.113.0/24")
    assert not [each for each in (plain, "canary", "203.0.113", "Meters", "hala") if each in json.dumps(told)]


def test_what_befalls_the_accounts_of_an_agency_is_read_by_each_security_officer(
    hala: Actor, sign_in: SignIn
) -> None:
    """An agency belongs to no authority; without it no one would read of guesses at its accounts."""
    at = timezone.now()
    record_event(Event.FAIL_SIGN_IN, by=None, about=hala.person, at=at, method="password")
    mariam = works.staff("mariam@muh.example", "مريم", "Mariam", Role.OFFICER, at=works.authority("MUH", 2))
    record_event(Event.FAIL_SIGN_IN, by=None, about=mariam, at=at, method="password")
    officer = works.staff("aisha@cap.example", "عائشة", "Aisha", Role.SECURITY_OFFICER, at=works.authority())
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
    page = sign_in(officer).get(reverse("desk:security-log"), {"kind": "fail-sign-in"}).text
    table = page[page.index("<tbody>") :]
    assert ("Hala" in table, "Mariam" in table) == (True, False)


def test_each_security_officer_reads_it_in_both_languages(hala: Actor, sign_in: SignIn) -> None:
    plain = make_key(works.agency(), "Meters", actor=hala, at=SUNDAY)
    ask(plain)
    for ordinal, code in enumerate(("CAP", "MUH"), start=1):
        at = works.authority(code, ordinal)
        mail = f"aisha@{code.lower()}.example"
        officer = works.staff(mail, "عائشة", "Aisha", Role.SECURITY_OFFICER, at=at)
        Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
        aisha = sign_in(officer)
        for language, words in (("en", "Refused a key of an agency"), ("ar", "رفض مفتاح لنظام جهة خارجية")):
            aisha.cookies["rukhsa-language"] = language
            page = aisha.get(reverse("desk:security-log"), {"kind": "refuse-key"}).text
            table = page[page.index("<tbody>") :]
            assert words in table
            assert "Meters" in table
            assert "203.0.113.0/24" in table
