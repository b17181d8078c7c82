"""The course of a round: the order of its visits, by the nearest next, around the appointments that are fixed."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import Final

# Assumed: no source states how long a visit takes, or how fast an inspector gets through a town.
VISIT_TAKES: Final = timedelta(minutes=20)
METRES_A_MINUTE: Final = 400.0
_METRES: Final = 111_320.0  # in a degree of latitude

type Point = tuple[float, float]  # longitude, latitude in degrees


@dataclass(frozen=True, kw_only=True)
class Call:
    """One visit of a round: where it is, as far as that is known, and when it was agreed to begin."""

    key: Hashable
    point: Point | None = None
    fixed_at: datetime | None = None


def in_course(calls: Sequence[Call], *, begins: datetime) -> list[Call]:
    """The calls in the order in which they are made.

    The nearest one is next, unless the next appointment would be missed by it. Calls whose place is not known come
    last, in the order in which they were given.
    """
    fixed = sorted((call for call in calls if call.fixed_at), key=lambda call: call.fixed_at or begins)
    free = [call for call in calls if not call.fixed_at and call.point]
    course: list[Call] = []
    now, here = begins, next(iter(fixed or free), None)
    at = here.point if here else None
    while free or fixed:
        near = min(free, key=lambda call: metres_between(at, call.point), default=None)
        if near is None or (fixed and _misses(fixed[0], near, now, at)):
            call = fixed.pop(0)
        else:
            call = near
            free.remove(near)
        course.append(call)
        now = max(now + _way(at, call.point), call.fixed_at or begins) + VISIT_TAKES
        at = call.point or at
    return course + [call for call in calls if not call.fixed_at and not call.point]


def metres_between(one: Point | None, other: Point | None) -> float:
    """How far two points lie apart, right to one in a hundred within a town; 0 where one is not known."""
    if one is None or other is None:
        return 0.0
    east = (one[0] - other[0]) * cos(radians(one[1]))
    return hypot(east, one[1] - other[1]) * _METRES


def _misses(appointment: Call, call: Call, now: datetime, at: Point | None) -> bool:
    """Whether the appointment would be reached too late if the call were made before it."""
    after = now + _way(at, call.point) + VISIT_TAKES + _way(call.point, appointment.point)
    return appointment.fixed_at is not None and after > appointment.fixed_at


def _way(one: Point | None, other: Point | None) -> timedelta:
    return timedelta(minutes=metres_between(one, other) / METRES_A_MINUTE)
