"""Others agree by their own sign-in before an application is submitted; a change afterwards voids what they signed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.models import Person
from rukhsa.applications import draft, signatory
from rukhsa.applications.models import Application, Signatory, Signing
from rukhsa.applications.signatory import SignatoryRefused, content_of, standing_of
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import NotPermitted
from rukhsa.catalogue.models import ServiceVersion
from tests import applicants

pytestmark = pytest.mark.django_db
NUMBER = "900798765"


@pytest.fixture
def layla(open_town: None) -> Person:
    return applicants.layla()


@pytest.fixture
def heir(open_town: None) -> Person:
    return applicants.neighbour()


@pytest.fixture
def application(layla: Person) -> Application:
    """A demolition of a house that Layla owns with others."""
    version = ServiceVersion.objects.offered().get(service="demolition-permit")
    typed = {"ownership": "shared", "extent": "whole", "area": "120"}
    return draft.start(version, typed, actor=applicants.acting(layla), language="en", at=timezone.now())


def states(application: Application, **later: Any) -> list[str]:
    application.refresh_from_db()
    return [each.state for each in standing_of(application, at=timezone.now() + timedelta(**later))]


def codes(application: Application) -> set[str]:
    application.refresh_from_db()
    return {each.code for each in signatory.problems(application, at=timezone.now())}


def named(application: Application, layla: Person) -> Signatory:
    actor = applicants.acting(layla)
    return signatory.name(application, NUMBER, "+97336000002", actor=actor, at=timezone.now())


def signed(one: Signatory, heir: Person, *, agreed: bool = True, reason: str = "") -> Signing:
    one.application.refresh_from_db()
    content = content_of(one.application)
    actor = applicants.acting(heir)
    return signatory.sign(one, agreed=agreed, content=content, reason=reason, actor=actor, at=timezone.now())


def test_each_is_named_reads_and_agrees_in_an_own_sign_in(
    application: Application, layla: Person, heir: Person
) -> None:
    own, other = applicants.signed_in(layla), applicants.signed_in(heir)
    address = f"/applications/{application.pk}/signatories"
    assert codes(application) == {"signatories-missing"}
    assert "Name who else must agree." in own.get(f"/applications/{application.pk}/review").content.decode()
    assert own.post(address, {"number": "12", "phone": ""}).status_code == 422
    assert own.post(address, {"number": NUMBER, "phone": "+973 3600 0002"}).status_code == 302
    assert codes(application) == {"signatures-missing"}
    one = Signatory.objects.get()
    assert one.code in own.get(address).content.decode()

    page = other.get("/signing/").content.decode()
    assert one.code in page
    opened = other.get(f"/signing/{one.pk}").content.decode()
    assert "I and others" in opened, "what is asked is shown"
    content = opened.partition('name="content" value="')[2].partition('"')[0]
    assert other.post(f"/signing/{one.pk}", {"content": content, "decline": "1"}).status_code == 422
    assert other.post(f"/signing/{one.pk}", {"content": content, "agree": "1"}).status_code == 302

    assert (states(application), codes(application)) == (["agreed"], set())
    assert "Agreed" in own.get(address).content.decode()
    entry = JournalEntry.objects.get(act="sign-application")
    assert entry.actor == heir.pk
    assert application.cosigners == [heir]


def test_a_change_of_the_answers_voids_what_was_signed_and_says_so(
    application: Application, layla: Person, heir: Person
) -> None:
    one = named(application, layla)
    signed(one, heir)
    draft.save(application, {"area": "130"}, actor=applicants.acting(layla), at=timezone.now())
    assert (states(application), codes(application)) == (["changed"], {"signatures-missing"})
    page = applicants.signed_in(layla).get(f"/applications/{application.pk}/signatories").content.decode()
    assert "they must agree again" in page
    draft.save(application, {"area": "120"}, actor=applicants.acting(layla), at=timezone.now())
    assert states(application) == ["agreed"], "it says again what was signed"


def test_what_changed_while_the_page_was_open_is_not_signed(
    application: Application, layla: Person, heir: Person
) -> None:
    one, seen = named(application, layla), content_of(application)
    draft.save(application, {"area": "130"}, actor=applicants.acting(layla), at=timezone.now())
    one.refresh_from_db()
    with pytest.raises(SignatoryRefused, match="signing-changed"):
        signatory.sign(one, agreed=True, content=seen, actor=applicants.acting(heir), at=timezone.now())


def test_a_refusal_needs_a_reason_and_is_told(application: Application, layla: Person, heir: Person) -> None:
    one = named(application, layla)
    with pytest.raises(SignatoryRefused, match="signing-reason-missing"):
        signed(one, heir, agreed=False)
    signed(one, heir, agreed=False, reason="The house is let.")
    assert (states(application), codes(application)) == (["declined"], {"signatures-missing"})
    page = applicants.signed_in(layla).get(f"/applications/{application.pk}/signatories").content.decode()
    assert "The house is let." in page


def test_no_one_else_signs_and_no_one_for_another(
    application: Application, layla: Person, heir: Person
) -> None:
    one = named(application, layla)
    for other in (
        layla,
        applicants.layla(sub="third", personal_number="770112233", email="t@people.example"),
    ):
        with pytest.raises(NotPermitted):
            signed(one, other)
        assert applicants.signed_in(other).get(f"/signing/{one.pk}").status_code == 404
    assert applicants.signed_in(heir).get(f"/signing/{one.pk}").status_code == 200
    with pytest.raises(SignatoryRefused, match="signatory-is-applicant"):
        signatory.name(
            application, layla.personal_number or "", "1", actor=applicants.acting(layla), at=timezone.now()
        )


def test_a_request_ends_after_a_fortnight_and_can_be_sent_again(
    application: Application, layla: Person, heir: Person
) -> None:
    one = named(application, layla)
    assert states(application, days=15) == ["over"]
    then = timezone.now() + timedelta(days=15)
    actor = applicants.acting(heir)
    with pytest.raises(SignatoryRefused, match="signing-over"):
        signatory.sign(one, agreed=True, content=content_of(application), actor=actor, at=then)
    signatory.ask_again(application, actor=applicants.acting(layla), at=then)
    assert states(application, days=16) == ["waiting"]


def test_a_telephone_is_written_to_once_an_hour_however_often_is_pressed(
    application: Application, layla: Person
) -> None:
    named(application, layla)
    asked = ProcrastinateJob.objects.filter(task_name="applications.ask_signatory")
    actor, now = applicants.acting(layla), timezone.now()
    for minutes in (1, 2, 59):
        signatory.ask_again(application, actor=actor, at=now + timedelta(minutes=minutes))
    assert asked.count() == 1
    signatory.ask_again(application, actor=actor, at=now + timedelta(minutes=61))
    assert asked.count() == 2


def test_a_signature_is_never_changed(application: Application, layla: Person, heir: Person) -> None:
    signing = signed(named(application, layla), heir)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signing.objects.filter(pk=signing.pk).update(agreed=False)


def test_a_sole_owner_needs_no_one(application: Application, layla: Person) -> None:
    draft.save(application, {"ownership": "sole"}, actor=applicants.acting(layla), at=timezone.now())
    assert codes(application) == set()


def test_the_page_of_an_applicant_is_that_of_no_one_else(application: Application, heir: Person) -> None:
    assert Client().get(f"/applications/{application.pk}/signatories").status_code == 302
    assert applicants.signed_in(heir).get(f"/applications/{application.pk}/signatories").status_code == 404
