"""The next in line: two officers who ask at once get two applications, and what lapses comes back."""

from datetime import timedelta
from functools import partial

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.authorities.actor import Actor
from rukhsa.review.check import check
from rukhsa.review.next_in_line import HOLD_LASTS, take_next
from rukhsa.review.queue import QueueEntry
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY
from tests.together import at_once


def officer(name: str) -> Actor:
    """An officer of the Capital."""
    at = works.authority()
    return works.act_as(works.staff(f"{name}@town.example", name, name.title(), Role.OFFICER, at=at))


def waiting(count: int) -> list[str]:
    """Applications that no officer has, the most urgent first."""
    version = works.publish(works.works(CHECK, BY_OFFICER))
    for number in range(count):
        at = SUNDAY + timedelta(hours=number)
        works.asked(works.submitted(version, reference=f"CAP-2026-{number:06}", at=at), at)
    return [f"CAP-2026-{number:06}" for number in range(count)]


def reference(entry: QueueEntry | None) -> str | None:
    return entry.application.reference if entry else None


@pytest.mark.django_db(transaction=True)
def test_officers_who_ask_at_once_get_different_applications() -> None:
    wanted = waiting(4)
    officers = [officer(name) for name in ("salem", "huda", "amal", "omar")]
    got = at_once([partial(take_next, each, at=SUNDAY) for each in officers])
    assert sorted(str(reference(each)) for each in got) == wanted


@pytest.mark.django_db
def test_the_most_urgent_comes_first_and_asking_again_gives_it_back() -> None:
    first, _second = waiting(2)
    salem = officer("salem")
    assert reference(take_next(salem, at=SUNDAY)) == first
    assert reference(take_next(salem, at=SUNDAY + timedelta(minutes=5))) == first


@pytest.mark.django_db
def test_a_hold_lapses() -> None:
    (only,) = waiting(1)
    salem, huda = officer("salem"), officer("huda")
    assert reference(take_next(salem, at=SUNDAY)) == only
    assert take_next(huda, at=SUNDAY + timedelta(minutes=5)) is None
    assert reference(take_next(huda, at=SUNDAY + HOLD_LASTS)) == only


@pytest.mark.django_db
def test_what_an_officer_checked_is_next_for_another() -> None:
    (only,) = waiting(1)
    salem, huda = officer("salem"), officer("huda")
    entry = take_next(salem, at=SUNDAY)
    assert entry
    check(entry.application, "completeness", actor=salem, at=SUNDAY)
    assert take_next(salem, at=SUNDAY) is None
    assert reference(take_next(huda, at=SUNDAY + HOLD_LASTS)) == only


@pytest.mark.django_db
def test_another_authority_s_applications_are_not_in_line() -> None:
    waiting(1)
    at = works.authority("MUH", 2)
    other = works.act_as(works.staff("noora@town.example", "نورة", "Noora", Role.OFFICER, at=at))
    assert take_next(other, at=SUNDAY) is None
