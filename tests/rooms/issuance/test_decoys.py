"""Status lists do not reveal how many instruments changed, or in which order they were issued."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from rukhsa.authorities.models import Authority
from rukhsa.issuance import cycle, publishing
from rukhsa.issuance.models import Decoy, Instrument, Revocation
from rukhsa.issuance.status_list import AT_FIRST, draw_decoys, free_places, marked_places, statuses_of
from rukhsa.trust import statuslist
from tests.rooms.issuance.conftest import Grant

MANY = 1024
# How far from even a fair draw may fall once in a million runs.
TOO_UNEVEN, TOO_ORDERED = 150.0, 5.0 / MANY**0.5


@pytest.fixture
def capital(town: datetime) -> Authority:
    return Authority.objects.get(code="CAP")


@pytest.fixture
def instrument(granted: Grant, town: datetime) -> Instrument:
    return cycle.issue(granted(), at=town)


def revoke(instrument: Instrument, at: datetime) -> None:
    Revocation.objects.create(instrument=instrument, reason="forged lease", at=at)


def unevenness(places: Sequence[int]) -> float:
    """Chi squared over 64 equal parts of the list: 63 on average for a fair draw."""
    found, fair = Counter(place * 64 // statuslist.SHARD for place in places), len(places) / 64
    return sum((found[part] - fair) ** 2 for part in range(64)) / fair


def order(places: Sequence[int]) -> float:
    """How far the places follow the order in which they were drawn, by rank: 1 exactly, 0 not at all."""
    rank = {place: number for number, place in enumerate(sorted(places))}
    count = len(places)
    apart = sum((rank[place] - number) ** 2 for number, place in enumerate(places))
    return 1 - 6 * apart / (count * (count**2 - 1))


def test_places_of_instruments_lie_at_random_and_do_not_follow_time(capital: Authority) -> None:
    places = free_places([(capital.code, 0)] * MANY)
    assert unevenness(places) < TOO_UNEVEN
    assert abs(order(places)) < TOO_ORDERED


def test_places_that_follow_time_or_cluster_would_be_found_out() -> None:
    """The negative control: numbers in a row, times with some disorder, half of the list only."""
    chance = random.Random(3)
    assert order(range(MANY)) > TOO_ORDERED
    assert order([number * 256 + chance.randrange(200_000) for number in range(MANY)]) > TOO_ORDERED
    assert unevenness([chance.randrange(statuslist.SHARD // 2) for _ in range(MANY)]) > TOO_UNEVEN


def test_decoys_cannot_be_told_from_instruments_by_place_or_status() -> None:
    true = {place: 1 + (place % 10 == 0) for place in range(0, 2000, 2)}
    drawn = draw_decoys(MANY, avoiding=true, like=list(true.values()))
    assert not drawn.keys() & true.keys()
    assert unevenness(list(drawn)) < TOO_UNEVEN
    assert abs(order(list(drawn))) < TOO_ORDERED
    share = list(drawn.values()).count(2) / MANY
    assert abs(share - list(true.values()).count(2) / len(true)) < 5 * (0.2 * 0.8 / MANY) ** 0.5
    assert set(drawn.values()) == {1, 2}


def marked(at: datetime) -> dict[int, int]:
    """Every place that the list does not call valid at a moment."""
    return marked_places("CAP", 0, at=at)


def test_a_list_in_which_nothing_happened_is_not_empty(instrument: Instrument, town: datetime) -> None:
    places = marked(town)
    assert len(places) >= AT_FIRST
    assert instrument.intent.status_index not in places
    assert set(places.values()) <= {statuslist.REVOKED, statuslist.SUSPENDED, statuslist.SUPERSEDED}


def test_after_revocations_other_places_change_as_well(
    granted: Grant, instrument: Instrument, capital: Authority, town: datetime
) -> None:
    """How many more is drawn, and never fewer than instruments; a list that is published again draws none."""
    revoked = [instrument, cycle.issue(granted(), at=town), cycle.issue(granted(), at=town)]
    assert Decoy.objects.count() <= AT_FIRST + 2
    for each in revoked:
        revoke(each, town)
    for minute in range(1, 40):
        publishing.status_list(capital, 0, at=town + timedelta(minutes=minute))
    assert AT_FIRST + 3 <= Decoy.objects.count() <= AT_FIRST + 5
    places = marked(town + timedelta(hours=1))
    assert {places[each.intent.status_index] for each in revoked} == {statuslist.REVOKED}


def test_the_place_of_an_instrument_is_never_shown_as_a_decoy_s(
    instrument: Instrument, capital: Authority, town: datetime
) -> None:
    """Even if both drew the same place in the same moment."""
    Decoy.objects.create(
        authority=capital,
        status_list=0,
        status_index=instrument.intent.status_index,
        status=statuslist.REVOKED,
        at=town,
    )
    assert instrument.intent.status_index not in marked(town)


def test_an_instrument_is_not_given_the_place_of_a_decoy(
    capital: Authority, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Decoy.objects.create(authority=capital, status_list=0, status_index=7, status=1, at=town)
    rolls = iter([7, 8])
    monkeypatch.setattr("rukhsa.issuance.status_list.secrets.randbelow", lambda _: next(rolls))
    assert free_places([(capital.code, 0)]) == [8]


def test_a_decoy_that_is_suspended_is_reinstated_one_day(capital: Authority, town: datetime) -> None:
    until = town + timedelta(days=3)
    Decoy.objects.create(
        authority=capital, status_list=0, status_index=7, status=statuslist.SUSPENDED, until=until, at=town
    )
    for at, status in ((town, statuslist.SUSPENDED), (until, statuslist.VALID)):
        assert statuslist.get(statuses_of("CAP", 0, at=at), 7) == status


def test_a_decoy_is_a_fact_and_is_neither_changed_nor_taken_away(capital: Authority, town: datetime) -> None:
    Decoy.objects.create(authority=capital, status_list=0, status_index=7, status=1, at=town)
    for act in (lambda: Decoy.objects.update(status=0), lambda: Decoy.objects.all().delete()):
        with pytest.raises(DatabaseError, match="facts are written once"), transaction.atomic():
            act()
