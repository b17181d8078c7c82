"""What else there is at the place of a case: who may see it, what it shares, and in how many statements."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.applications.place_key import PlaceKeys, place_keys
from rukhsa.applications.stages import Stage
from rukhsa.review.same_place import Shares, at_same_place
from rukhsa.violations.violation import confirm_violation, record_violation
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import licensed
from tests.web.desk.test_violations import acting, seen

pytestmark = pytest.mark.django_db
PARCEL = {"number": "03-120045", "measure": "512.5", "block": 318}
LINE = {"type": "LineString", "coordinates": [[50.5800, 26.2000], [50.5810, 26.2000]]}
BESIDE = {"type": "LineString", "coordinates": [[50.5805, 26.20005], [50.5805, 26.2010]]}  # 6 metres off
FAR = {"type": "LineString", "coordinates": [[50.5800, 26.2010], [50.5810, 26.2010]]}  # 110 metres off
ELSEWHERE = {"building": 1, "road": 2, "block": 318}


@pytest.fixture
def other(application: Application) -> Any:
    """One more application, submitted so many days later, with these answers."""

    def made(number: int, **more: Any) -> Application:
        return works.submitted(
            application.service_version,
            reference=f"CAP-2026-{number:06}",
            at=SUNDAY + timedelta(days=number),
            **more,
        )

    return made


def shared(application: Application, most: int = 10) -> list[tuple[str | None, str]]:
    found = at_same_place(application, acting("salem"), most=most)
    return [(each.application.reference, each.shares.value) for each in found]


def test_the_closest_come_first_and_what_only_lies_in_the_block_does_not_come(
    application: Application, other: Any
) -> None:
    Application.objects.filter(pk=application.pk).update(
        answers=application.answers | {"plot": PARCEL, "route": LINE}
    )
    application.refresh_from_db()
    other(11, place={"building": 99, "road": 1805, "block": 318})
    other(12, place={"building": 12, "road": 1805, "block": 318})
    other(13, place=ELSEWHERE, plot=PARCEL)
    other(14, place=ELSEWHERE, route=BESIDE)
    other(15, place=ELSEWHERE, route=FAR)
    other(16, place={"building": 12, "road": 1805, "block": 320})
    assert shared(application) == [
        ("CAP-2026-000013", "parcel"),
        ("CAP-2026-000012", "building"),
        ("CAP-2026-000014", "drawing"),
        ("CAP-2026-000011", "road"),
    ]
    assert shared(application, most=2) == [("CAP-2026-000013", "parcel"), ("CAP-2026-000012", "building")]


def test_drafts_and_cases_of_other_authorities_are_not_among_them(
    application: Application, other: Any
) -> None:
    Application.objects.filter(pk=other(11).pk).update(stage=Stage.DRAFT, reference=None, submitted_at=None)
    other(12, of=works.authority("MUH", 2))
    assert shared(application) == []
    other(13)
    assert shared(application) == [("CAP-2026-000013", "building")]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"place": {"building": 12, "road": 1805, "block": 318}, "plot": PARCEL},
        {"plot": {"number": "7"}, "days": 5, "kinds": ["block"], "words": "block", "nothing": None},
        {"place": {"building": "12A", "road": 1805, "block": 318, "flat": 3}, "route": LINE},
        {"place": {"road": 1805, "block": 318}},
    ],
)
def test_the_database_finds_the_same_keys(application: Application, answers: dict[str, Any]) -> None:
    Application.objects.filter(pk=application.pk).update(answers=answers)
    found = Application.objects.annotate(places=PlaceKeys("answers")).get(pk=application.pk).places  # type: ignore[attr-defined]
    assert set(found) == set().union(*place_keys(answers).values())


def test_the_index_is_used_where_there_are_many(untouched: None) -> None:
    rows = Application.objects.filter(reference__isnull=False).alias(places=PlaceKeys("answers"))
    asked = rows.filter(places__overlap=["building 318/1805/12"])
    with transaction.atomic(), connection.cursor() as cursor:
        # No other index finds them, and whole tables are not read.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        assert "applications_by_place" in asked.explain()


def case(client: Client, application: Application, **asked: str) -> str:
    answer = client.get(reverse("desk:application", args=[application.pk]), asked)
    return answer.content.decode()


def test_the_page_of_the_case_shows_them_with_their_documents_and_asks_before_it_opens_one(
    salem: Client, application: Application, other: Any
) -> None:
    assert "There are no other cases or violations at this place." in case(salem, application)
    neighbour = other(11)
    instrument = licensed(neighbour)
    page = case(salem, application)
    assert "same building" in page
    assert neighbour.reference in page
    assert instrument.intent.number in page
    assert reverse("desk:application", args=[neighbour.pk]) in page


def test_more_than_some_are_shown_when_they_are_asked_for(
    salem: Client, application: Application, other: Any
) -> None:
    for number in range(11, 20):
        other(number)
    page = case(salem, application)
    assert page.count("same building") == 6
    assert "Show more at this place" in page
    whole = case(salem, application, place="all")
    assert whole.count("same building") == 9
    assert "Show more at this place" not in whole


def test_violations_of_documents_there_and_seen_there_stand_on_the_page(
    salem: Client, yusuf: Client, application: Application, other: Any
) -> None:
    Application.objects.filter(pk=application.pk).update(answers=application.answers | {"route": LINE})
    neighbour = licensed(other(11))
    of_document = confirmed(neighbour)
    near = confirmed(None, latitude=Decimal("26.2001"), longitude=Decimal("50.5805"))  # 11 metres off
    far = confirmed(None, latitude=Decimal("26.2010"), longitude=Decimal("50.5805"))
    unplaced = confirmed(None)
    page = case(salem, application)
    assert of_document.number in page
    assert near.number in page
    assert far.number not in page
    assert unplaced.number not in page


def confirmed(instrument: Any, **where: Decimal) -> Any:
    found = seen(**where)
    made = record_violation(found, authority="CAP", instrument=instrument, actor=acting("yusuf"), at=SUNDAY)
    return confirm_violation(made, actor=acting("mariam"), at=SUNDAY)


def test_the_page_asks_the_same_number_of_questions_whatever_lies_there(
    salem: Client, application: Application, other: Any
) -> None:
    licensed(other(11))
    case(salem, application)
    with CaptureQueriesContext(connection) as few:
        case(salem, application)
    for number in range(12, 40):
        other(number)
    with CaptureQueriesContext(connection) as many:
        case(salem, application)
    assert len(many) <= len(few)
    assert {each.value for each in Shares} == {"parcel", "building", "drawing", "road"}
