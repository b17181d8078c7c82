"""How long a service takes and who decides, told before one begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.catalogue.calendar import Hours
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.steps import InspectStep, ReferStep, Step
from rukhsa.catalogue.territory import territory
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who has how many working days for their part; `sometimes` when not every application needs it."""

    name: Text | Promise
    days: int
    sometimes: bool


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The working days of a review in all and by party, the last day of one that begins today, and who decides."""

    days: int
    by: date
    parties: tuple[Party, ...]
    hours: tuple[tuple[Hours, Text | None], ...]  # with the name of the season in which they hold
    decider: str  # "officer", "two officers", "committee" or "rule"
    committee: Text | None
    authority: Text | None  # None where the address or an earlier document decides which


def outlook(definition: Definition, *, today: date) -> Outlook:
    """What may be promised: steps side by side take as long as the longest of them."""
    place, always, decision = territory(), definition.authority.always, definition.decision
    days = definition.review_days
    return Outlook(
        days=days,
        by=place.calendar_of(always).after(today, days),
        parties=tuple(party for party in _parties(definition) if party.days),
        hours=tuple(
            (hours, place.seasons[hours.season].name if hours.season else None)
            for hours in place.working_hours
        ),
        decider=decision.decide,
        committee=place.committees[decision.committee].name if decision.committee else None,
        authority=place.authority(always).name(on=today) if always else None,
    )


def _parties(definition: Definition) -> list[Party]:
    """The authority's officers, its inspectors, then each agency: the days that each has for all its steps."""
    agencies = territory().agencies
    steps = definition.steps
    asked = [step for step in steps if isinstance(step, ReferStep)]
    visits = [step for step in steps if isinstance(step, InspectStep)]
    desk = [step for step in steps if not isinstance(step, ReferStep | InspectStep)]
    return [
        _party(_("The municipality"), desk),
        _party(_("A visit to the place"), visits),
        *(
            _party(agencies[agency], [step for step in asked if step.refer == agency])
            for agency in dict.fromkeys(step.refer for step in asked)
        ),
    ]


def _party(name: Text | Promise, steps: Sequence[Step]) -> Party:
    sometimes = all(getattr(step, "when", None) for step in steps)
    return Party(
        name=name, days=sum(step.within.working_days for step in steps if step.within), sometimes=sometimes
    )
