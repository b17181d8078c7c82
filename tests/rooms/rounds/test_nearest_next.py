"""The course of a round: the nearest next, around appointments."""

from datetime import timedelta

from rukhsa.rounds.nearest_next import Call, in_course
from tests.rooms.review.works import SUNDAY

BEGINS = SUNDAY.replace(hour=8)
WEST, MIDDLE, EAST = (50.50, 26.2), (50.52, 26.2), (50.60, 26.2)


def test_the_nearest_is_next_and_what_has_no_place_is_last() -> None:
    calls = [Call(key="?"), Call(key="w", point=WEST), Call(key="e", point=EAST), Call(key="m", point=MIDDLE)]
    assert [call.key for call in in_course(calls, begins=BEGINS)] == ["w", "m", "e", "?"]


def test_an_appointment_is_kept_whatever_lies_nearer() -> None:
    near = [Call(key=number, point=(WEST[0] + number / 1e4, WEST[1])) for number in range(9)]
    soon = Call(key="fixed", point=EAST, fixed_at=BEGINS + timedelta(minutes=90))
    order = in_course([*near, soon], begins=BEGINS)
    before = [call.key for call in order].index("fixed")
    assert 0 < before < len(near)
    late = Call(key="fixed", point=EAST, fixed_at=BEGINS + timedelta(hours=9))
    assert in_course([*near, late], begins=BEGINS)[-1] == late


def test_appointments_stand_in_the_order_of_their_times() -> None:
    calls = [Call(key=hour, point=EAST, fixed_at=BEGINS.replace(hour=hour)) for hour in (14, 9, 11)]
    assert [call.key for call in in_course(calls, begins=BEGINS)] == [9, 11, 14]
    assert in_course([], begins=BEGINS) == []
