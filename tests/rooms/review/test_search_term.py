"""The desk finds an application by anything that a person holds, by an index, and only where the actor may look."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.review.search_term import search
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK

pytestmark = pytest.mark.django_db


@pytest.fixture
def salem() -> Actor:
    """An officer of the Capital."""
    at = works.authority()
    return works.act_as(works.staff("salem@town.example", "سالم حسن", "Salem Hasan", Role.OFFICER, at=at))


@pytest.fixture
def application() -> Application:
    """Layla's, for her company; she gave her telephone."""
    made = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)), reference="CAP-2026-000011-K")
    made.company = Company.objects.create(registration="12345-1", name_ar="شركة الخليج", name_en="Gulf Works")
    made.save()
    Person.objects.filter(pk=made.applicant_id).update(phone="+97333445566")
    return made


@pytest.mark.parametrize(
    "typed",
    [
        "CAP-2026-000011-K",
        "cap-2026-0000",
        "CAP-2O26-OOOO11",  # O for 0
        "CAP-2026-0000I1",  # I for 1
        "000011",
        "11",
        "11-K",
        "0011",  # the last digits
        "٠٠٠٠١١",
        "900112345",
        "٩٠٠١١٢٣٤٥",
        "9OO112345",
        "900 112 345",
        "12345-1",
        "33445566",
        "+973 3344 5566",
        "0097333445566",
        "ليلي",  # for ليلى
        "احمد",  # for أحمد
        "layla",
        "شركه الخليج",  # for شركة
        "Leila",  # for Layla: as it is heard
        "Ahmad",
        "al-khaleej",  # for الخليج
    ],
)
def test_an_application_is_found_by_anything_that_a_person_holds(
    salem: Actor, application: Application, typed: str
) -> None:
    assert search(salem, typed, most=5) == [application]


@pytest.mark.parametrize(
    ("reference", "typed"),
    [
        ("CAP-2026-000003-I", "CAP-2026-000003-I"),
        ("CAP-2026-000003-I", "cap-2026-oooo03-1"),
        ("CAP-2026-000008-O", "CAP-2026-000008-O"),
        ("CAP-2026-000008-O", "CAP-2026-000008-0"),
    ],
)
def test_a_reference_whose_check_character_looks_like_a_digit_is_found(
    salem: Actor, application: Application, reference: str, typed: str
) -> None:
    Application.objects.filter(pk=application.pk).update(reference=reference)
    assert search(salem, typed, most=5) == [application]


@pytest.mark.parametrize("typed", ["12", "11-M", "900112346", "33445567", "5566", "12345", "", "-", "0", "%"])
def test_what_is_another_number_finds_nothing(salem: Actor, application: Application, typed: str) -> None:
    assert search(salem, typed, most=5) == []


def test_an_officer_of_another_authority_finds_nothing(application: Application) -> None:
    at = works.authority("MUH", 2)
    other = works.act_as(works.staff("amal@town.example", "أمل", "Amal", Role.OFFICER, at=at))
    assert search(other, "900112345", most=5) == []
    assert search(other, "000011", most=5) == []


@pytest.mark.parametrize("typed", ["900112345", "33445566", "0011", "CAP-2026-000011-K"])
def test_a_search_takes_as_many_statements_in_a_larger_register(
    salem: Actor, application: Application, typed: str
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            search(salem, typed, most=5)
        return len(captured)

    few = statements()
    for number in range(12, 40):
        works.submitted(application.service_version, reference=f"CAP-2026-{number:06}-X")
    assert statements() == few <= 5


def test_the_numbers_are_found_by_indexes(salem: Actor, application: Application) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for where, index in (
            ("reverse(split_part(reference, '-', 3)) LIKE '1100%'", "application_last_digits"),
            ("ltrim(split_part(reference, '-', 3), '0') = '11'", "application_number"),
        ):
            cursor.execute(f"EXPLAIN SELECT id FROM applications_application WHERE {where}")
            assert index in str(cursor.fetchall())
        cursor.execute(
            r"EXPLAIN SELECT id FROM accounts_person WHERE phone <> ''"
            r" AND reverse(regexp_replace(phone, '\D', '', 'g')) LIKE '6655%'"
        )
        assert "person_phone_from_end" in str(cursor.fetchall())
