"""Acting by a power of attorney, or for a child, once an officer has checked the document; it ends on its day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Step
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import NotPermitted
from rukhsa.consents import deed
from rukhsa.consents.consent import ConsentRefused, represented
from rukhsa.consents.deed import day_before_majority
from rukhsa.consents.models import Consent, ConsentAnswer
from tests import applicants

pytestmark = pytest.mark.django_db
HOME = "proof-of-residence"
MOTHER = "450798765"


@pytest.fixture
def layla(open_town: None) -> Person:
    return applicants.layla()


@pytest.fixture
def browser(layla: Person) -> Client:
    return applicants.signed_in(layla)


def send(browser: Client, **changes: Any) -> Any:
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    said = {
        "basis": "power-of-attorney", "number": MOTHER, "name": "Maryam Hasan", "until": until, "services": [HOME],
        "file": applicants.picture("power.png"),
    }  # fmt: skip
    return browser.post("/consents/document", said | changes)


def check(consent: Consent, *, approved: bool = True, reason: str = "") -> ConsentAnswer:
    salem = applicants.acting(applicants.salem())
    return deed.check(consent, approved=approved, reason=reason, actor=salem, at=timezone.now())


def test_a_power_of_attorney_works_once_an_officer_has_checked_it_and_until_its_day(
    browser: Client, layla: Person
) -> None:
    assert send(browser).status_code == 302
    consent, now = Consent.objects.get(), timezone.now()
    assert represented(layla, str(consent.pk), at=now) is None, "before the check it gives nothing"
    assert "An officer checks it." in browser.get("/consents/").content.decode()

    check(consent)

    found = represented(layla, str(consent.pk), at=now)
    assert found
    assert (found.owner.personal_number, found.owner.name.en) == (MOTHER, "Maryam Hasan")
    assert represented(layla, str(consent.pk), at=now + timedelta(days=92)) is None
    browser.post("/capacity", {"company": f"consent:{consent.pk}", "next": "/"})
    application = applicants.submitted(browser)
    assert (application.applicant, application.agents) == (found.owner, [layla])
    assert Step.objects.get(application=application).actor == layla
    assert (
        "Layla Hasan acted on it for Maryam Hasan"
        in browser.get(f"/applications/{application.pk}/").content.decode()
    )
    entry = JournalEntry.objects.get(act="approve-deed")
    assert entry.actor == applicants.salem().pk

    browser.post("/capacity", {"company": "", "next": "/"})
    browser.post(f"/consents/{consent.pk}/withdraw")
    assert represented(layla, str(consent.pk), at=timezone.now()) is None


def test_the_principal_ends_it_in_an_own_sign_in(browser: Client, layla: Person) -> None:
    send(browser)
    consent = Consent.objects.get()
    check(consent)
    mother = applicants.layla(sub="mother", personal_number=MOTHER, name="Maryam", email="m@people.example")
    assert mother == consent.answer.owner, "eKey completes the person of the document"
    own = applicants.signed_in(mother)
    assert "Layla Hasan" in own.get("/consents/").content.decode()
    own.post(f"/consents/{consent.pk}/withdraw")
    assert represented(layla, str(consent.pk), at=timezone.now()) is None


def test_a_refusal_has_a_reason_and_gives_nothing(browser: Client, layla: Person) -> None:
    send(browser)
    consent = Consent.objects.get()
    with pytest.raises(ConsentRefused, match="deed-reason-missing"):
        check(consent, approved=False)
    check(consent, approved=False, reason="The seal is missing.")
    assert represented(layla, str(consent.pk), at=timezone.now()) is None
    assert "The seal is missing." in browser.get("/consents/").content.decode()
    with pytest.raises(ConsentRefused, match="consent-answered"):
        check(consent)


def test_a_parent_acts_for_a_child_until_the_age_of_majority(browser: Client, layla: Person) -> None:
    today = timezone.localdate()
    born = date(today.year - 10, 6, 15)
    assert send(browser, basis="parent", until="", birth=born.isoformat()).status_code == 302
    consent = Consent.objects.get()
    assert consent.until == date(born.year + 21, 6, 14)
    check(consent)
    now = timezone.now()
    found = represented(layla, str(consent.pk), at=now)
    assert found
    assert found.owner.birth_date == born
    assert represented(layla, str(consent.pk), at=now.replace(year=born.year + 21, month=6, day=16)) is None


def test_an_adult_is_no_child_and_a_day_is_needed(browser: Client) -> None:
    adult = send(browser, basis="parent", until="", birth="1990-01-01")
    assert (adult.status_code, "This person is of age." in adult.content.decode()) == (422, True)
    assert send(browser, until="").status_code == 422
    assert send(browser, until="2090-01-01").status_code == 422
    assert send(browser, number="850412345").status_code == 422
    assert not Consent.objects.exists()


def test_the_day_before_majority_of_a_leap_day() -> None:
    assert day_before_majority(date(2004, 2, 29), 21) == date(2025, 2, 28)
    assert day_before_majority(date(2005, 3, 1), 21) == date(2026, 2, 28)


def test_only_an_officer_checks_and_never_their_own(browser: Client, layla: Person) -> None:
    send(browser)
    consent = Consent.objects.get()
    with pytest.raises(NotPermitted):
        deed.check(consent, approved=True, actor=applicants.acting(layla), at=timezone.now())
    salem = applicants.salem()
    Person.objects.filter(pk=salem.pk).update(personal_number=MOTHER)
    with pytest.raises(ConsentRefused, match="deed-own"):
        check(consent)
    assert not ConsentAnswer.objects.exists()


def test_a_deed_is_never_changed(browser: Client) -> None:
    send(browser)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.get().deed.__class__.objects.update(owner_name="Another")
