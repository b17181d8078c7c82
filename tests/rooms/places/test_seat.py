"""A place takes as many as it takes: one more is refused, by the database itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from rukhsa.places import seat
from rukhsa.places.models import Seat, Taking
from rukhsa.places.seat import PlaceFull, free, left, take
from rukhsa.values.periods import Period

SEASON = Period(start=date(2026, 11, 20), end=date(2027, 3, 20))
NEXT = Period(start=date(2027, 11, 20), end=date(2028, 3, 20))


def camp(reference: str, *, period: Period = SEASON, place: str = "sakhir-a", capacity: int = 2) -> Taking:
    return take("camp-sites", place, capacity=capacity, period=period, reference=reference)


@pytest.mark.django_db
def test_a_place_takes_what_it_takes_and_one_more_when_one_gives_back() -> None:
    first, again = camp("A"), camp("A")
    assert first == again
    camp("B")
    with pytest.raises(PlaceFull):
        camp("C")
    assert left("camp-sites", {"sakhir-a": 2, "sakhir-b": 5}, SEASON) == {"sakhir-a": 0, "sakhir-b": 5}
    assert left("camp-sites", {"sakhir-a": 2}, SEASON, but="A") == {"sakhir-a": 1}
    camp("C", period=NEXT)
    free("A")
    camp("D")
    # An applicant who chooses another place gives up the first, and keeps it where the other is full.
    camp("B", place="sakhir-b")
    assert left("camp-sites", {"sakhir-a": 2}, SEASON) == {"sakhir-a": 1}
    camp("A")
    with pytest.raises(PlaceFull):
        camp("B")
    assert Taking.objects.get(reference="B").seat.place == "sakhir-b"


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_ask_at_once_as_many_are_given_a_place_as_there_are() -> None:
    def ask(number: int) -> bool:
        try:
            camp(f"R{number}", capacity=3)
        except PlaceFull:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as people:
        assert sorted(people.map(ask, range(10))) == [False] * 7 + [True] * 3
    assert len({taking.seat_id for taking in Taking.objects.all()}) == 3


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_seat_twice_and_without_its_constraint_it_would_not() -> None:
    camp("A", capacity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        sit_down_unasked("B")
    constraint = next(each for each in Taking._meta.constraints if "seat" in each.name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Taking, constraint)
    sit_down_unasked("B")
    assert Taking.objects.count() == 2
    free("B")
    with connection.schema_editor() as editor:
        editor.add_constraint(Taking, constraint)


@pytest.mark.django_db
def test_what_another_connection_took_meanwhile_is_told_as_full(monkeypatch: pytest.MonkeyPatch) -> None:
    camp("A", capacity=1)
    monkeypatch.setattr(seat, "_first_free", lambda *given, **how: 1)
    with pytest.raises(PlaceFull):
        camp("B", capacity=1)


def sit_down_unasked(reference: str) -> None:
    """Take the first seat without asking whether it is free."""
    days = DateRange(SEASON.start, None, "[)")
    Taking.objects.create(reference=reference, seat=Seat.objects.get(), period=days)
