"""Alarms by rule: far more decisions than usual, and decisions at night or on a closed day; told once."""

from datetime import datetime, timedelta

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.authorities.actor import Actor
from rukhsa.mandates.models import Mandate
from rukhsa.review.models import Decision, OfficerAlarm
from rukhsa.review.officer_alarm import is_too_many, watch
from rukhsa.staff.models import Letter
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY


@pytest.mark.parametrize(
    ("count", "before", "alarms"),
    [
        (19, [1, 1, 1], False),  # few are never too many
        (20, [], True),
        (20, [6], True),
        (20, [7], False),  # three times 7 is 21
        (31, [10, 10, 90], True),  # the median, which one great day does not move
        (30, [10, 10, 90], False),
    ],
)
def test_a_day_is_too_much_beside_the_median_of_the_days_before(
    count: int, before: list[int], alarms: bool
) -> None:
    assert is_too_many(count, before) is alarms


def decided(officer: Actor, count: int, at: datetime) -> None:
    """So many refusals of an officer, one a minute."""
    version = works.publish(works.works(CHECK, BY_OFFICER))
    mandate = Mandate.objects.get(post__person=officer.person, state="approved")
    for number in range(count):
        application = works.submitted(version, reference=f"CAP-{at:%d%H}-{number:06}", at=SUNDAY)
        Decision.objects.create(
            application=application,
            outcome="refused",
            reasons="No.",
            officer=officer.person,
            mandate=mandate,
            at=at + timedelta(minutes=number),
        )


def test_the_supervisor_and_the_security_officer_are_told_once(salem: Actor, mariam: Actor, db: None) -> None:
    security = works.staff("s@town.example", "أمن", "Safe", Role.SECURITY_OFFICER, at=works.authority())
    decided(salem, 2, SUNDAY - timedelta(days=3))
    decided(salem, 20, SUNDAY)
    assert [watch(SUNDAY.date(), at=SUNDAY + timedelta(days=1)) for _ in range(2)] == [1, 0]
    alarm = OfficerAlarm.objects.get()
    assert (alarm.officer, alarm.kind, alarm.count, alarm.usual) == (salem.person, "volume", 20, 2)
    told = Letter.objects.filter(kind="officer-alarm")
    assert {letter.person for letter in told} == {mariam.person, security}
    assert {letter.about for letter in told} == {"1"}


def test_three_decisions_at_night_are_told_and_two_are_not(salem: Actor, mariam: Actor) -> None:
    decided(salem, 2, SUNDAY.replace(hour=2))
    decided(mariam, 3, SUNDAY.replace(hour=3))
    watch(SUNDAY.date(), at=SUNDAY + timedelta(days=1))
    alarm = OfficerAlarm.objects.get()
    assert (alarm.officer, alarm.kind, alarm.count) == (mariam.person, "hours", 3)


def test_a_closed_day_is_an_odd_hour(salem: Actor) -> None:
    friday = SUNDAY - timedelta(days=2)
    decided(salem, 3, friday)
    assert watch(friday.date(), at=SUNDAY) == 1
