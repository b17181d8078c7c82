"""Renewals: which instruments can be renewed, by which service, and which applicants are to be reminded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from rukhsa.catalogue.instrument import Renewal
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.issuance.instrument import Instrument, InstrumentQuerySet
from rukhsa.issuance.intent import Intent

# Days before the end (services.md: users complain of reminders that come too late).
REMINDERS = (60, 30, 7)
# A reminder that was missed because no worker ran is still sent within so many days.
CATCH_UP = timedelta(days=6)
SOON = max(REMINDERS)  # days before the end from which an instrument can be renewed


@dataclass(frozen=True, kw_only=True)
class Renewing:
    """A service that renews others, and the question in which it asks for the number."""

    service: str
    question: str


def renewing_services() -> dict[str, Renewing]:
    """For each service whose instruments can be renewed now, the service that renews them."""
    found: dict[str, Renewing] = {}
    for version in ServiceVersion.objects.offered().defer("meaning", "source_text"):
        definition = version.definition
        renewed = {effect.renews for effect in definition.instrument.effects if isinstance(effect, Renewal)}
        for question in definition.questions:
            if question.id in renewed and isinstance(question, InstrumentQuestion):
                how = Renewing(service=version.service, question=question.id)
                found |= dict.fromkeys(question.services, how)
    return found


def to_remind_of(days: int, *, at: datetime) -> InstrumentQuerySet:
    """The instruments that hold, end in so many days, can be renewed, are not, and were issued before these days.

    The cost grows with the number of instruments that end in these days, by an index.
    """
    last = timezone.localdate(at) + timedelta(days=days)
    ending = Instrument.objects.filter(
        intent__valid_until__gt=max(last - CATCH_UP - timedelta(days=1), timezone.localdate(at)),
        intent__valid_until__lte=last,
        released_at__date__lte=F("intent__valid_until") - timedelta(days=days),
    )
    open_ones = ending.holding().of_services(renewing_services())
    renewed = Intent.objects.filter(renews=OuterRef("pk"))
    return open_ones.exclude(Exists(renewed)).select_related("intent__application__applicant")


def renewable(instruments: Collection[Instrument], *, at: datetime) -> dict[UUID, Renewing]:
    """Which of these instruments can be renewed now, and by which service, in four statements."""
    services = renewing_services()
    ids = [each.pk for each in instruments]
    renewed = set(Intent.objects.filter(renews__in=ids).values_list("renews_id", flat=True))
    holding: InstrumentQuerySet = Instrument.objects.filter(pk__in=ids).holding()
    holds = set(holding.of_services(services).values_list("pk", flat=True)) - renewed
    firsts = dict(
        Intent.objects.filter(number__in=[each.number for each in instruments], version=1).values_list(
            "number", "service_version__service"
        )
    )
    return {
        each.pk: services[firsts[each.number]]
        for each in instruments
        if each.pk in holds and firsts.get(each.number) in services
    }


def is_time(instrument: Instrument, *, on: date) -> bool:
    """Whether an instrument ends soon and is in its period: any other is renewed later."""
    days = days_left(instrument, on=on)
    return days is not None and days <= SOON and instrument.period.start <= on


def days_left(instrument: Instrument, *, on: date) -> int | None:
    """The days until the last day of an instrument, negative after it; None where it has no end."""
    end = instrument.period.end
    return (end - on).days if end else None
