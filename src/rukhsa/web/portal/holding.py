"""How a person's documents stand: which of them hold, when they end, and which may be renewed now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.issuance import renewal
from rukhsa.issuance.models import Instrument, Intent

# From so many days before the end it is told how many are left: the first reminder comes then.
SOON = max(renewal.REMINDERS)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A document in the list; `days` are those left, where it ends soon."""

    instrument: Instrument
    application: Application
    holds: bool
    has_ended: bool
    has_begun: bool
    days: int | None
    may_renew: bool


def rows_of(instruments: list[Instrument], *, at: datetime) -> Iterator[Row]:
    """Documents as they are listed, in seven statements however many they are."""
    holding = set(
        Instrument.objects.filter(pk__in=[each.pk for each in instruments])
        .holding()
        .values_list("pk", flat=True)
    )
    renewable = renewal.renewable(instruments, at=at)
    today = timezone.localdate(at)
    applications = _applications_of(instruments)
    for instrument in instruments:
        end = instrument.period.end
        left = (end - today).days if end else None
        holds, has_begun = instrument.pk in holding, instrument.period.start <= today
        yield Row(
            instrument=instrument,
            application=instrument.intent.application or applications[instrument.number],
            holds=holds,
            has_ended=left is not None and left < 0,
            has_begun=has_begun,
            days=left if holds and has_begun and left is not None and 0 <= left <= SOON else None,
            may_renew=instrument.pk in renewable and _is_time(instrument, left, today),
        )


def _is_time(instrument: Instrument, left: int | None, today: date) -> bool:
    """What has not begun, or ends in a year, is renewed later."""
    return left is not None and left <= SOON and instrument.period.start <= today


def _applications_of(instruments: list[Instrument]) -> dict[str, Application]:
    """By number the application of its newest version that has one: what the authority put right has none."""
    amended = [each.number for each in instruments if each.intent.application is None]
    intents = Intent.objects.filter(number__in=amended, application__isnull=False)
    found = intents.select_related("application").order_by("version")
    return {intent.number: intent.application for intent in found if intent.application}
