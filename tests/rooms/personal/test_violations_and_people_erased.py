"""Violations and people whose time is over: who they were goes, and what says so stays."""

import hashlib
import json
from datetime import datetime, time, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from rukhsa.accounts.ekey import register
from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.models import JournalEntry
from rukhsa.consents.consent import Consent
from rukhsa.personal import retention
from rukhsa.personal.erasure import StillKept
from rukhsa.personal.models import ErasedValue, Erasure
from rukhsa.personal.order import NothingOver, approve_order, carry_out_orders, propose_kind
from rukhsa.personal.person_erasure import erase_person
from rukhsa.personal.retention_rule import Kind
from rukhsa.personal.violation_erasure import erase_violation
from rukhsa.violations.models import PartyNotice, Violation
from rukhsa.violations.party import Party
from rukhsa.violations.violation import (
    confirm_violation,
    record_violation,
    refuse_violation,
)
from tests.rooms.personal.test_erasure import data_officer
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import picture
from tests.web.desk.fined import withdraw
from tests.web.desk.test_violation_party import NUMBER, against, applicant
from tests.web.desk.test_violations import acting, contested, seen

pytestmark = pytest.mark.django_db
LATER = SUNDAY + timedelta(days=366 * 11)
TEN = {"rule": "violations", "why": "Ten years are over.", "cause": "retention", "actor": None}
THREE = {"rule": "persons", "why": "Three years are over.", "cause": "retention", "actor": None}
PARTY = Party(name="Hassan Ali", number=NUMBER, phone="+97336000009")


def test_the_party_the_place_and_the_photos_of_a_violation_go_and_its_fine_stays(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    found = seen(photos=[blobs.keep(picture("red"))])
    made = record_violation(
        found, authority="CAP", instrument=None, party=PARTY, actor=acting("yusuf"), at=SUNDAY
    )
    violation = confirm_violation(made, actor=acting("mariam"), at=SUNDAY)
    withdraw(violation, "It was Hassan's brother.", by=acting("yusuf"), second=acting("mariam"), at=SUNDAY)
    digest, fine = violation.evidence.get().digest, violation.money
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erase_violation(violation, **TEN, at=LATER)
    told = _row("violations_violation", violation.pk)
    for personal in ("Hassan", NUMBER, "36000009", violation.place, violation.text):
        assert personal not in told
    assert "brother" not in _all("violations_withdrawal") + _all("violations_withdrawalproposal")
    assert "36000009" not in _all("violations_partynotice")
    with pytest.raises(FileNotFoundError):
        blobs.fetch(digest)
    kept = Violation.objects.get(pk=violation.pk)
    assert (kept.number, kept.money, kept.proposed_by, kept.decided_by) == (
        violation.number, fine, violation.proposed_by, violation.decided_by,
    )  # fmt: skip
    value = ErasedValue.objects.get(erasure=erasure, column="party_name")
    assert value.digest == hashlib.sha256((value.salt + json.dumps("Hassan Ali")).encode()).hexdigest()
    entry = JournalEntry.objects.get(act="erase-violation")
    assert (entry.subject, entry.detail["values"]) == (str(violation.pk), erasure.values.count())
    assert erase_violation(violation, **TEN, at=LATER) == erasure


def test_two_notices_of_one_channel_lose_their_addresses_and_stay_apart() -> None:
    applicant(phone="+97336000007")
    violation = against(PARTY)
    erase_violation(violation, **TEN, at=LATER)
    assert PartyNotice.objects.filter(violation=violation, channel="sms").count() == 2
    assert "3600000" not in _all("violations_partynotice")


@pytest.mark.parametrize(
    "change",
    [
        "party_name = ''",
        "party_name = 'x'",
        "amount = 0",
        "number = 'x'",
        "latitude = NULL, state = 'refused'",
    ],
)
def test_the_database_lets_go_of_no_violation_without_a_hash(change: str) -> None:
    against(PARTY)
    for statement in (f"UPDATE violations_violation SET {change}", "DELETE FROM violations_violation"):
        with (
            connection.cursor() as cursor,
            pytest.raises(IntegrityError, match="facts are written once"),
            transaction.atomic(),
        ):
            cursor.execute(statement)


def test_a_violation_is_over_ten_years_after_its_last_day_and_not_before() -> None:
    violation = against(PARTY)
    last = timezone.make_aware(datetime.combine(violation.contest_by, time()))
    assert _due("violations", last + timedelta(days=3650)) == (0, 0)
    assert _due("violations", last + timedelta(days=3660)) == (1, 0)
    # What was taken back later counts from then.
    withdraw(violation, "x", by=acting("yusuf"), second=acting("mariam"), at=last + timedelta(days=400))
    assert _due("violations", last + timedelta(days=3660)) == (0, 0)


def test_what_an_application_names_is_kept_as_long_as_the_application() -> None:
    violation = against(Party())
    named = contested(works.submitted(works.publish(works.works())), violation.number)
    assert _due("violations", LATER) == (0, 1)
    with pytest.raises(StillKept):
        erase_violation(violation, **TEN, at=LATER)
    Application.objects.filter(pk=named.pk).update(stage=Stage.REFUSED)
    Erasure.objects.create(application=named, cause="retention", rule="refused", why="", at=LATER)
    assert _due("violations", LATER) == (1, 0)


def test_two_people_erase_the_violations_of_their_authority() -> None:
    against(PARTY)
    dana, amal = (works.act_as(data_officer(name)) for name in ("dana", "amal"))
    order = propose_kind(works.authority(), "violations", "Ten years are over.", actor=dana, at=LATER)
    assert carry_out_orders(at=LATER) == 0
    approve_order(order, actor=amal, at=LATER)
    assert (carry_out_orders(at=LATER), carry_out_orders(at=LATER)) == (1, 0)
    with pytest.raises(NothingOver):
        propose_kind(works.authority(), "persons", "x", actor=dana, at=LATER)


def test_a_person_of_whom_nothing_is_kept_goes_by_night_and_comes_back_as_a_new_one() -> None:
    hassan = applicant(phone="+97336000007", told_at=SUNDAY, joined_at=SUNDAY)
    EmailAddress.objects.create(user=hassan, email=hassan.email, verified=True, primary=True)
    assert _due("persons", SUNDAY + timedelta(days=365 * 3 - 1)) == (0, 0)
    assert retention.sweep(at=LATER) == 1
    hassan.refresh_from_db()
    told = _row("accounts_person", hassan.pk)
    for personal in ("Hassan", "حسن", NUMBER, "36000007", "people.example"):
        assert personal not in told
    assert not hassan.is_active
    assert not EmailAddress.objects.exists()
    erasure = Erasure.objects.get(person=hassan)
    value = erasure.values.get(column="personal_number")
    assert value.digest == hashlib.sha256((value.salt + json.dumps(NUMBER)).encode()).hexdigest()
    assert JournalEntry.objects.get(act="erase-person").detail["rule"] == "persons"
    again = register({"personal_number": NUMBER, "kind": "citizen", "name": "Hassan Ali"}, at=LATER)
    assert again.pk != hassan.pk
    assert retention.sweep(at=LATER) == 0


def test_whom_something_names_is_kept() -> None:
    application = works.submitted(works.publish(works.works()))
    layla = application.applicant
    Person.objects.exclude(kind="staff").update(joined_at=SUNDAY, told_at=SUNDAY)
    hassan = applicant(joined_at=SUNDAY)
    against(Party(number=NUMBER))
    asked = applicant("850900002", email="fatima@people.example", joined_at=SUNDAY)
    consent = Consent.objects.create(
        agent=asked,
        owner_number="850900009",
        services=["x"],
        until=timezone.localdate(LATER),
        code="123456",
        asked_at=LATER,
    )
    assert _due("persons", LATER)[0] == 0
    for kept in (layla, hassan, asked):
        with pytest.raises(StillKept):
            erase_person(kept, **THREE, at=LATER)
    after = LATER + timedelta(days=1)
    erase_person(asked, **THREE, at=after)
    consent.refresh_from_db()
    assert consent.owner_number == ""  # of an owner who has no account


def test_no_one_of_the_staff_is_erased() -> None:
    with pytest.raises(StillKept):
        erase_person(works.act_as(data_officer("dana")).person, **THREE, at=LATER)


def test_an_erasure_is_of_one_subject() -> None:
    violation = against(PARTY)
    for subjects in ({}, {"violation": violation, "person": violation.proposed_by}):
        with pytest.raises(IntegrityError, match="erasure_of_one_subject"), transaction.atomic():
            Erasure.objects.create(**subjects, cause="retention", rule="x", why="", at=LATER)


def test_a_refused_violation_is_over_too() -> None:
    made = record_violation(
        seen(), authority="CAP", instrument=None, party=PARTY, actor=acting("yusuf"), at=SUNDAY
    )
    assert _due("violations", LATER) == (0, 0)
    refuse_violation(made, "Hassan was not there.", actor=acting("mariam"), at=SUNDAY)
    erase_violation(made, **TEN, at=LATER)
    assert "Hassan" not in _all("violations_violation")


def _due(kind: Kind, at: datetime) -> tuple[int, int]:
    found = {each.kind: each for each in retention.dry_run(at=at)}[kind]
    return found.count, found.held


def _row(table: str, key: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(held)::text FROM {table} AS held WHERE id = %s", [key])
        return str(cursor.fetchone()[0])


def _all(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(to_jsonb(held)::text, ' '), '') FROM {table} AS held")
        return str(cursor.fetchone()[0])
