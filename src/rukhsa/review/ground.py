"""The ground that a grant takes: the place that was drawn, or the one that a renewed licence holds, and its days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.applications.renewing import question_of
from rukhsa.catalogue.definition import heard, pay_within
from rukhsa.catalogue.facts import validity_period
from rukhsa.places.occupation import held_by_instrument
from rukhsa.values.periods import Period

# A term ends on a working day, and issuing follows the payment.
_MORE = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A place (GeoJSON) with the address that it belongs to, and the days for which it is wanted."""

    geometry: dict[str, Any]
    address: dict[str, Any] | None
    period: Period


def wanted(application: Application, *, at: datetime) -> Ground | None:
    """What a grant at this moment would take; None where the service takes no place.

    Where the days run from the issue, all days on which they may run are taken: until it is issued nobody knows when
    it is paid. The issue gives back what is too much.
    """
    clash = application.definition.instrument.clashes
    answers = heard(application.definition, application.answers)
    if clash:
        return Ground(
            geometry=answers[clash.place]["geometry"],
            address=answers.get(application.definition.authority.block_of or ""),
            period=_period(application, answers, at),
        )
    number = answers.get(question_of(application))
    held = held_by_instrument(str(number)) if number else None
    if held is None:
        return None
    period = _period(application, answers, at, parent_end=held.end)
    return Ground(geometry=held.geometry, address=held.address, period=period)


def _period(
    application: Application, answers: dict[str, Any], at: datetime, parent_end: date | None = None
) -> Period:
    definition, today = application.definition, timezone.localdate(at)
    waits = timedelta(hours=pay_within(definition).hours) + _MORE
    is_paid_later = any(charge.due == "after decision" for charge in definition.charges)
    first, last = (
        validity_period(definition, answers, issued=day, parent_end=parent_end)
        for day in (today, today + waits if is_paid_later else today)
    )
    return Period(start=first.start, end=last.end)
