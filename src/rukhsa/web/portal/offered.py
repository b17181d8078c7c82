"""What there is only so much of, told before one begins: the season, the places left, and how much one may have."""

from dataclasses import dataclass
from datetime import date

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import InSeason
from rukhsa.catalogue.questions import SlotQuestion
from rukhsa.catalogue.quota import Quota
from rukhsa.catalogue.slots import slot_list
from rukhsa.catalogue.territory import territory
from rukhsa.places import seat
from rukhsa.values.names import Text
from rukhsa.values.periods import Period
from rukhsa.values.seasons import SeasonError


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The season with its days, how many places are left in it, and the quota with what it is counted by."""

    season: Text | None = None
    days: Period | None = None
    left: int | None = None
    quota: Quota | None = None
    counted_by: Text | None = None  # the question; None where each applicant is counted


def limits_of(definition: Definition, *, on: date) -> Limits:
    """What limits a service on a day; one statement, where it gives out places."""
    validity, quota = definition.instrument.validity, definition.quota
    name = territory().seasons[validity.season].name if isinstance(validity, InSeason) else None
    days = _days(definition, on)
    counted = definition.question(quota.per).ask if quota and quota.per != "applicant" else None
    return Limits(season=name, days=days, left=_left(definition, days), quota=quota, counted_by=counted)


def _days(definition: Definition, on: date) -> Period | None:
    validity = definition.instrument.validity
    try:
        return territory().season(validity.season, near=on) if isinstance(validity, InSeason) else None
    except SeasonError:
        return None


def _left(definition: Definition, days: Period | None) -> int | None:
    question = next((each for each in definition.questions if isinstance(each, SlotQuestion)), None)
    if question is None or days is None:
        return None
    capacities = {place.id: place.capacity for place in slot_list(question.of).places}
    return sum(seat.left(question.of, capacities, days).values())
