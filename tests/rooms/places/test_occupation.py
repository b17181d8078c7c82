"""Two works at one place and time: the second is refused and told by whom and until when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from rukhsa.places.geometry import GeometryError, parse_area, parse_line, squares
from rukhsa.places.models import Occupation, OccupiedCell
from rukhsa.places.occupation import AlreadyOccupied, forget_past, occupy, require_free, vacate
from rukhsa.values.periods import Period, PeriodError

pytestmark = pytest.mark.django_db
NOVEMBER = Period(start=date(2026, 11, 1), end=date(2026, 11, 30))
DECEMBER = Period(start=date(2026, 12, 1), end=date(2026, 12, 31))
FIRST, SECOND = "CAP-RW-2026-000001-X", "CAP-EX-2026-000002-X"
# A diagonal road, one that crosses it, and one beside it inside the same bounding box.
ROAD = parse_line("26.2235, 50.5876\n26.2265, 50.5906")["geometry"]
CROSSING = parse_line("26.2265, 50.5876\n26.2235, 50.5906")["geometry"]
BESIDE = parse_line("26.2235, 50.5890\n26.2245, 50.5900")["geometry"]


def test_two_works_at_one_place_and_time_are_refused() -> None:
    occupy(FIRST, ROAD, NOVEMBER)
    with pytest.raises(AlreadyOccupied) as refused:
        occupy(SECOND, CROSSING, NOVEMBER)
    assert (refused.value.instrument, refused.value.end) == (FIRST, date(2026, 11, 30))
    assert not Occupation.objects.filter(reference=SECOND).exists()


@pytest.mark.parametrize(("place", "period"), [(CROSSING, DECEMBER), (BESIDE, NOVEMBER)])
def test_another_time_or_another_place_is_free(place: dict[str, Any], period: Period) -> None:
    occupy(FIRST, ROAD, NOVEMBER)
    require_free(place, period)
    occupy(SECOND, place, period)


def test_the_last_day_counts() -> None:
    occupy(FIRST, ROAD, NOVEMBER)
    with pytest.raises(AlreadyOccupied):
        require_free(ROAD, Period(start=date(2026, 11, 30), end=date(2026, 12, 2)))


def test_an_instrument_occupies_its_place_once() -> None:
    assert occupy(FIRST, ROAD, NOVEMBER) == occupy(FIRST, ROAD, NOVEMBER)


def test_a_revoked_instrument_frees_its_place() -> None:
    occupy(FIRST, ROAD, NOVEMBER)
    vacate(FIRST)
    occupy(SECOND, ROAD, NOVEMBER)


def test_the_squares_of_works_that_ended_a_month_ago_are_forgotten_and_their_occupation_stays() -> None:
    occupy(FIRST, ROAD, NOVEMBER)
    assert forget_past(on=date(2026, 12, 31)) == 0
    assert forget_past(on=date(2027, 1, 1)) > 0
    assert Occupation.objects.filter(reference=FIRST).exists()
    require_free(ROAD, NOVEMBER)


def test_the_database_itself_refuses_the_second() -> None:
    def force() -> None:
        occupation = Occupation.objects.create(
            reference=SECOND, geometry=ROAD, start=date(2026, 11, 1), end=date(2026, 11, 2)
        )
        held = OccupiedCell.objects.first()
        assert held is not None
        OccupiedCell.objects.create(occupation=occupation, cell=held.cell, period=held.period)

    occupy(FIRST, ROAD, NOVEMBER)
    with pytest.raises(IntegrityError, match="one_occupation_at_a_place_and_time"), transaction.atomic():
        force()
    # The control: without the constraint the second would stand beside the first.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE places_occupiedcell DROP CONSTRAINT one_occupation_at_a_place_and_time")
    force()


def test_a_place_is_not_occupied_for_ever_or_without_bounds() -> None:
    with pytest.raises(PeriodError):
        occupy(FIRST, ROAD, Period(start=date(2026, 11, 1)))
    with pytest.raises(GeometryError):
        squares(parse_line("0, 0\n80, 80")["geometry"])
    with pytest.raises(GeometryError):
        squares(parse_area("0, 0\n0, 50\n50, 50")["geometry"])


def test_an_area_covers_the_squares_inside_it() -> None:
    yard = parse_area("26.2230, 50.5870\n26.2230, 50.5880\n26.2240, 50.5880\n26.2240, 50.5870")["geometry"]
    corner = parse_line("26.2235, 50.5872\n26.2235, 50.5878")["geometry"]
    assert squares(corner) < squares(yard)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_one_place_at_once_exactly_one_gets_it() -> None:
    def want(number: int) -> str:
        try:
            return occupy(f"CAP-RW-2026-{number:06d}-X", ROAD, NOVEMBER).reference
        except AlreadyOccupied as refused:
            return f"no, {refused.instrument} has it"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as people:
        answers = list(people.map(want, range(8)))
    winner = Occupation.objects.get().reference
    assert sorted(answers) == sorted([winner] + [f"no, {winner} has it"] * 7)
