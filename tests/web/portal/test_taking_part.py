"""A new building needs its engineering office: by the owner's consent, or by the office's own agreement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications import draft, signatory
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import actor_for
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.consents import consent
from rukhsa.consents.consent import represented
from tests import applicants

pytestmark = pytest.mark.django_db
SERVICE = "new-building-permit"
OFFICE = {
    "registration": "77777-1",
    "name_ar": "مكتب الأفق الهندسي",
    "name_en": "Horizon Engineering",
    "role": "manager",
}
ANSWERED = {"number": "77777-1", "name": "Horizon Engineering"}


@pytest.fixture
def layla(open_town: None) -> Person:
    return applicants.layla()


@pytest.fixture
def engineer(open_town: None) -> Person:
    """The neighbour, whom eKey names for the office."""
    return applicants.layla(
        sub="ekey-engineer", personal_number="900798765", email="engineer@people.example", companies=[OFFICE]
    )


def begun(layla: Person, *, ownership: str = "sole", office: dict[str, str] = ANSWERED) -> Application:
    """A new building on Layla's land, designed by an office."""
    version = ServiceVersion.objects.offered().get(service=SERVICE)
    typed = {"ownership": ownership, "designer": office}
    return draft.start(version, typed, actor=applicants.acting(layla), language="en", at=timezone.now())


def codes(application: Application) -> set[str]:
    application.refresh_from_db()
    return {each.code for each in signatory.problems(application, at=timezone.now())}


def agree(application: Application, layla: Person, other: Person) -> None:
    """Another is named, and agrees in an own sign-in."""
    at, number = timezone.now(), other.personal_number or ""
    named = signatory.name(application, number, "+97336000002", actor=applicants.acting(layla), at=at)
    application.refresh_from_db()
    content = signatory.content_of(application)
    signatory.sign(named, agreed=True, content=content, actor=applicants.acting(other), at=at)


def consented(layla: Person, engineer: Person, service: str = SERVICE) -> consent.Consent:
    """The office asked to apply for Layla, and she agreed on her own phone."""
    at = timezone.now()
    company = engineer.representations.get().company
    asked = consent.ask(
        layla.personal_number or "",
        [service],
        until=timezone.localdate(at) + timedelta(days=30),
        actor=actor_for(engineer, at=at, company=company),
        at=at,
    )
    consent.answer(asked, given=True, actor=applicants.acting(layla), at=at)
    return asked


def test_no_owner_applies_without_an_office(layla: Person, engineer: Person) -> None:
    application = begun(layla)
    assert codes(application) == {"company-to-agree"}
    page = applicants.signed_in(layla).get(f"/applications/{application.pk}/review").content.decode()
    assert "let the company apply for you by your consent" in page
    page = applicants.signed_in(layla).get(f"/applications/{application.pk}/signatories").content.decode()
    assert "The engineering office that designs and supervises" in page


def test_the_office_agrees_by_a_person_whom_ekey_names_for_it(layla: Person, engineer: Person) -> None:
    application = begun(layla)
    agree(application, layla, engineer)
    assert codes(application) == set()
    assert application.cosigners == [engineer]


def test_a_person_of_no_office_does_not_stand_for_it(layla: Person, open_town: None) -> None:
    application = begun(layla)
    agree(application, layla, applicants.neighbour())
    assert codes(application) == {"company-to-agree"}


def test_an_office_that_applies_by_the_owners_consent_takes_part(layla: Person, engineer: Person) -> None:
    application = begun(layla)
    held = consented(layla, engineer)
    assert codes(application) == set()
    consent.withdraw(held, actor=applicants.acting(layla), at=timezone.now())
    assert codes(application) == {"company-to-agree"}


def test_a_consent_to_another_service_or_another_office_is_none_to_this(
    layla: Person, engineer: Person
) -> None:
    consented(layla, engineer, "demolition-permit")
    assert codes(begun(layla)) == {"company-to-agree"}
    consented(layla, engineer)
    other = {"number": "88888-1", "name": "Another"}
    assert codes(begun(layla, office=other)) == {"company-to-agree"}


def test_the_office_does_not_stand_for_the_other_owners(layla: Person, engineer: Person) -> None:
    application = begun(layla, ownership="shared")
    assert codes(application) == {"signatories-missing"}
    agree(application, layla, engineer)
    assert codes(application) == {"signatories-missing"}
    agree(application, layla, person_of_the_family())
    assert codes(application) == set()


def person_of_the_family() -> Person:
    """An heir, who works for no office."""
    return applicants.layla(sub="ekey-heir", personal_number="750101238", email="heir@people.example")


def test_what_the_office_begins_by_consent_is_the_owners(layla: Person, engineer: Person) -> None:
    held, at = consented(layla, engineer), timezone.now()
    by_consent = actor_for(engineer, at=at, represented=represented(engineer, str(held.pk), at=at))
    version = ServiceVersion.objects.offered().get(service=SERVICE)
    typed = {"ownership": "sole", "designer": ANSWERED}
    application = draft.start(version, typed, actor=by_consent, language="en", at=at)
    assert application.applicant == layla
    assert codes(application) == set()
    assert Application.objects.of_applicant(applicants.acting(layla)).get() == application
