"""Lapsing: until when an applicant is waited for, the reminders before that, and the end by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from rukhsa.applications.models import Application, Term
from rukhsa.applications.stages import Stage
from rukhsa.applications.term import lapse
from rukhsa.catalogue.definition import complete_within, pay_within
from rukhsa.catalogue.shape import Span
from rukhsa.delivery.notice import tell
from rukhsa.payments.attempt import OutcomeUnknown, require_standstill
from rukhsa.payments.models import Attempt, Charge
from rukhsa.review.deadline import deadline

Kind = Term.Kind
# Assumed: how long before the end the applicant is reminded, where at least as long has passed by then.
REMINDERS = (timedelta(days=7), timedelta(days=1))
# A term is usually set in the moment in which it begins, or soon after that by the sweep.
NOTICED = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """What an application waits for from its applicant, and since when."""

    kind: Kind
    since: datetime


def set_term(application: Application, *, at: datetime) -> None:
    """Set, keep or remove the term of a locked application, by what it waits for; again changes nothing."""
    awaited = _awaited(application)
    known = Term.objects.filter(application=application).first()
    if awaited and known and known.is_of(awaited.kind, awaited.since):
        return
    if known:
        known.delete()
    if awaited:
        # An applicant who was not told from the beginning has the whole time from now, as after an outage.
        ends_at = _end(application, awaited, after=at if at - awaited.since > NOTICED else awaited.since)
        Term.objects.create(
            application=application,
            kind=awaited.kind,
            since=awaited.since,
            ends_at=ends_at,
            remind_at=_next_reminder(awaited.since, ends_at, after=at),
        )


def lapse_overdue(application: Application, *, at: datetime) -> None:
    """End a locked application whose term is over.

    1. No payment is under way or in doubt, and none begins meanwhile: money that comes later is owed back.
    2. What was waited for is still not done.
    """
    term = Term.objects.filter(application=application, ends_at__lte=at).first()
    if term is None:
        return
    try:
        require_standstill(application)  # 1
    except OutcomeUnknown:
        return
    awaited = _awaited(application)
    if awaited and term.is_of(awaited.kind, awaited.since):  # 2
        lapse(application, at=at)


def tell_of_lapse(application: Application, *, at: datetime) -> None:
    """Tell the applicant that the application ended, and why."""
    step = application.steps.order_by("-id").first()
    is_incomplete = step is not None and step.stage_before == Stage.RETURNED
    tell(application, "lapsed-incomplete" if is_incomplete else "lapsed-unpaid", at=at)


def overdue(*, at: datetime, limit: int = 200) -> QuerySet[Application]:
    """The applications whose term is over and that have no payment under way; its cost grows with what is overdue."""
    under_way = Attempt.objects.filter(charge__application=OuterRef("pk")).unsettled()
    found = Application.objects.filter(~Exists(under_way), term__ends_at__lte=at)
    return found.order_by("term__ends_at")[:limit]


def remind(*, at: datetime, limit: int = 200) -> None:
    """Send the reminders that are due, each once; its cost grows with them."""
    due = Term.objects.filter(remind_at__lte=at).select_related("application__applicant")
    for term in due.order_by("remind_at")[:limit]:
        _remind(term, at)


@transaction.atomic
def _remind(term: Term, at: datetime) -> None:
    application = Application.objects.select_for_update(of=("self",)).get(pk=term.application_id)
    awaited = _awaited(application)
    if awaited and term.is_of(awaited.kind, awaited.since) and at < term.ends_at:
        facts = {}
        if term.kind == Kind.PAY:
            charge = application.charges.unpaid().order_by("assessed_at")[0]
            facts = {"amount": str(charge.money), "currency": charge.currency}
        day = timezone.localtime(term.ends_at - timedelta(microseconds=1)).date().isoformat()
        event = f"{term.kind}-soon:{term.ends_at:%Y%m%d%H%M}-{term.remind_at:%Y%m%d%H%M}"
        tell(application, event, at=at, day=day, **facts)
    following = _next_reminder(term.since, term.ends_at, after=at)
    Term.objects.filter(pk=term.pk, ends_at=term.ends_at).update(remind_at=following)


def _awaited(application: Application) -> Awaited | None:
    """What the application waits for: the answer to a return, or the payment of what fell due first."""
    if application.stage not in (Stage.SUBMITTED, Stage.RETURNED, Stage.GRANTED):
        return None
    if application.stage == Stage.RETURNED:
        return Awaited(kind=Kind.COMPLETE, since=_moved_at(application))
    owed = application.charges.unpaid().values("due")
    first = Charge.objects.filter(application=application, due__in=owed, number=1).order_by("assessed_at")
    charge = first.first()
    if charge is None:
        return None
    # A new quote gives no new time; what the authority did meanwhile does.
    return Awaited(kind=Kind.PAY, since=max(charge.assessed_at, _moved_at(application)))


def _moved_at(application: Application) -> datetime:
    """The moment of the last act, or of the submission."""
    last = application.steps.order_by("-id").values_list("at", flat=True).first()
    moved_at = last or application.submitted_at
    assert moved_at is not None  # it was submitted
    return moved_at


def _end(application: Application, awaited: Awaited, *, after: datetime) -> datetime:
    """The moment at which it ends: after a number of hours, or with the last of a number of days, a working day."""
    length = (pay_within if awaited.kind == Kind.PAY else complete_within)(application.definition)
    if length.unit == "hour":
        return after + timedelta(hours=length.count)
    span = Span(count=length.count, unit=length.unit)
    return deadline(span, after=after, authority=application.authority_id)


def _next_reminder(since: datetime, ends_at: datetime, *, after: datetime) -> datetime | None:
    moments = [ends_at - before for before in REMINDERS if ends_at - before >= since + before]
    return min((moment for moment in moments if moment > after), default=None)
