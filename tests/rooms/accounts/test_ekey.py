"""What eKey says of a person becomes a person, a company and the right to act for it."""

import pytest
from django.utils import timezone

from rukhsa.accounts.ekey import EkeyRefused, register
from rukhsa.accounts.models import Company, Person, PersonKind, Representation
from tests import applicants

pytestmark = pytest.mark.django_db


def test_a_second_sign_in_changes_the_person_and_makes_no_other() -> None:
    first = applicants.layla()
    second = applicants.layla(name="Layla Al Hasan", phone="+97336000009")
    assert first.pk == second.pk
    assert Person.objects.get().name_en == "Layla Al Hasan"
    assert Person.objects.get().phone == "+97336000009"


def test_a_representation_begins_and_ends_with_what_the_register_says() -> None:
    person = applicants.layla(companies=[applicants.GULF])
    assert person.representations.in_force(at=timezone.now()).get().company.name.ar == "شركة الخليج للمقاولات"
    applicants.layla(companies=[])
    assert not person.representations.in_force(at=timezone.now()).exists()
    applicants.layla(companies=[applicants.GULF])
    assert person.representations.in_force(at=timezone.now()).count() == 1
    assert Representation.objects.count() == 2
    assert Company.objects.count() == 1


def test_a_representation_still_claimed_is_left_as_it_is() -> None:
    applicants.layla(companies=[applicants.GULF])
    applicants.layla(companies=[applicants.GULF])
    assert Representation.objects.count() == 1


def test_an_address_of_somebody_else_is_not_taken_over() -> None:
    applicants.layla()
    other = applicants.layla(personal_number="900798765", email="Layla@people.example")
    assert other.email.endswith("@people.invalid")


@pytest.mark.parametrize("changes", [{"kind": "staff"}, {"kind": ""}, {"personal_number": ""}])
def test_claims_that_name_no_applicant_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(EkeyRefused):
        register(applicants.claims(**changes), at=timezone.now())
    assert not Person.objects.exists()


def test_a_member_of_staff_does_not_become_an_applicant() -> None:
    salem = Person.objects.create_user(
        "salem@mun.example", kind=PersonKind.STAFF, personal_number="850412345"
    )
    with pytest.raises(EkeyRefused):
        applicants.layla()
    salem.refresh_from_db()
    assert salem.kind == PersonKind.STAFF
