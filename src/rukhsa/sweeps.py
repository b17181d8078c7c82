"""Sweeps: they look regularly for payments without an end, applications left behind, and people to be reminded."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from rukhsa import lapsing
from rukhsa.applications.models import Application, Term
from rukhsa.applications.stages import Stage
from rukhsa.audit.placing import place_older
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import queue_unsent, tell
from rukhsa.issuance import renewal, suspension
from rukhsa.issuance.instrument import application_of
from rukhsa.issuance.issuing_stop import current_stop
from rukhsa.issuance.models import AwaitedDocument, Instrument
from rukhsa.jobs import advance_soon
from rukhsa.operations.models import JobFailure
from rukhsa.payments import deposit
from rukhsa.payments.models import Charge, ChargeLine
from rukhsa.payments.outcome import settle_overdue
from rukhsa.personal import order, retention
from rukhsa.personal.data_export import forget_exports
from rukhsa.places import occupation
from rukhsa.review import assignment, lateness, officer_alarm, second_look, silence
from rukhsa.review.queue import QueueEntry
from rukhsa.review.sitting_papers import forget_papers
from rukhsa.rounds.round import inspectors_by_visit
from rukhsa.verification import rate

logger = logging.getLogger(__name__)
# Assumed: a deposit is forgotten when this long after the end of its instrument no one has asked for it.
FORGOTTEN = timedelta(days=30)
FAILED_KEPT = timedelta(days=30)


@app.periodic(cron="* * * * * */10")
@app.task(name="journey.sweep_payments", queue="payments", queueing_lock="journey.sweep_payments")
def sweep_payments(timestamp: int) -> dict[str, int]:
    """Find payments whose end no gateway reported; its cost grows with what is unpaid, not with what there is."""
    return {"payments-settled": settle_overdue(at=datetime.now(UTC))}


@app.periodic(cron="* * * * *")
@app.task(name="journey.sweep", queue="sweeps", queueing_lock="journey.sweep")
def sweep(timestamp: int) -> dict[str, int]:
    """Send the reminders of terms that are due, let silence and lateness climb, release what ended posts hold, end
    suspensions that no second person confirmed, and queue the applications whose next step was lost or is overdue.

    Its cost grows with what is open or due, not with all that there ever was."""
    at = datetime.now(UTC)
    *_, found = _do_each(
        lambda: lapsing.remind(at=at),
        lambda: silence.climb(at=at),
        lambda: lateness.climb(at=at, inspectors=inspectors_by_visit),
        lambda: assignment.release_of_ended_posts(at=at),
        forget_awaited,
        lambda: suspension.lapse_unconfirmed(at=at),
        lambda: queue_lost(at=at),
    )
    return {"applications-found": found}


def _do_each(*parts: Callable[[], Any]) -> list[Any]:
    """What each part of a sweep gave. All are done whatever becomes of one; raises at the end what was raised first."""
    given, failed = list[Any](), list[Exception]()
    for part in parts:
        try:
            given.append(part())
        except Exception as error:
            failed.append(error)
    for other in failed[1:]:
        logger.error("another part of a sweep failed too: %s", type(other).__name__)
    if failed:
        raise failed[0]
    return given


def queue_lost(*, at: datetime) -> int:
    """Queue the applications whose next step was lost or is overdue; how many there are."""
    queued = ProcrastinateJob.objects.filter(task_name="journey.advance", status__in=["todo", "doing"])
    # While nothing can be issued, a second run of the same application is useless.
    waiting = set(queued.values_list("lock", flat=True))
    found = [*unfinished(), *lapsing.overdue(at=at)]
    for application in found:
        if str(application.pk) not in waiting:
            advance_soon(application.pk, priority=0)
    return len(found)


def unfinished(limit: int = 500) -> list[Application]:
    """Applications whose next step is due and not done: not yet in the queue, paid for and not issued, issued without
    a notice of it, or waiting for their applicant without a term.

    It reads what is open and the awaited documents, however many there ever were."""
    return [*_left_open(limit), *_left_granted(limit)]


def _left_open(limit: int) -> models.QuerySet[Application]:
    queued = QueueEntry.objects.filter(application=OuterRef("pk"))
    endless = ~Exists(Term.objects.filter(application=OuterRef("pk")))
    lost = Q(~Exists(queued), stage=Stage.SUBMITTED)
    lost |= Q(endless, stage=Stage.RETURNED)
    lost |= Q(endless, stage=Stage.SUBMITTED, unpaid__isnull=False)
    found = Application.objects.alias(unpaid=_unpaid()).filter(
        lost, stage__in=(Stage.SUBMITTED, Stage.RETURNED)
    )
    return found.order_by("submitted_at")[:limit]


def _left_granted(limit: int) -> models.QuerySet[Application]:
    endless = ~Exists(Term.objects.filter(application=OuterRef("pk")))
    lost = Q(Exists(_issued()), ~Exists(_told())) | Q(endless, unpaid__isnull=False)
    if current_stop() is None:
        lost |= Q(~Exists(_issued()), unpaid=None)
    awaited = AwaitedDocument.objects.values("application")
    found = Application.objects.alias(unpaid=_unpaid()).filter(lost, stage=Stage.GRANTED, pk__in=awaited)
    return found.order_by("submitted_at")[:limit]


def _unpaid() -> Subquery:
    """An unpaid charge of an application, if there is one.

    As a value it is looked for by the application. As `Exists` within an OR, PostgreSQL made a list of all that is
    unpaid from every charge and receipt that there is."""
    return Subquery(Charge.objects.unpaid().filter(application=OuterRef("pk")).values("pk")[:1])


def _issued() -> models.QuerySet[Instrument]:
    return Instrument.objects.filter(intent__application=OuterRef("pk"))


def _told() -> models.QuerySet[Notice]:
    return Notice.objects.filter(application=OuterRef("pk"), event="issued")


def forget_awaited() -> int:
    """Delete the awaited documents that are issued and told of, and say how many."""
    granted = Application.objects.filter(stage=Stage.GRANTED, pk=OuterRef("pk"))
    over = Exists(_issued()) & Exists(_told()) | ~Exists(granted)
    return AwaitedDocument.objects.filter(over).delete()[0]


@app.periodic(cron="*/10 * * * *")
@app.task(name="delivery.resend", queue="sweeps", queueing_lock="delivery.resend", pass_context=False)
def resend(timestamp: int) -> dict[str, int]:
    """Send again what could not be sent, for three days; its cost grows with what is unsent."""
    return {"messages-queued": queue_unsent(at=datetime.now(UTC))}


@app.periodic(cron="23 * * * *")
@app.task(name="sweeps.clear", queue="sweeps", queueing_lock="sweeps.clear", pass_context=False)
def clear(timestamp: int) -> None:
    """Delete counts of questions of more than an hour ago, failed jobs, papers of sittings, squares of works that ended
    a month ago, and files of people's data whose day is over."""
    at = datetime.now(UTC)
    _do_each(
        lambda: rate.forget(at=at),
        lambda: forget_papers(at=at),
        lambda: forget_exports(at=at),
        lambda: occupation.forget_past(on=timezone.localdate(at)),
        lambda: forget_failed_jobs(at=at),
    )


def forget_failed_jobs(*, at: datetime) -> None:
    """Delete the jobs that failed a month ago, with their reasons."""
    old = ProcrastinateEvent.objects.filter(type="failed", at__lt=at - FAILED_KEPT)
    failed = ProcrastinateJob.objects.filter(status="failed", pk__in=old.values("job"))
    failed._raw_delete(using=failed.db)  # procrastinate's models are read-only otherwise
    JobFailure.objects.filter(at__lt=at - FAILED_KEPT).delete()


@app.periodic(cron="*/5 * * * *")
@app.task(name="audit.place", queue="sweeps", queueing_lock="audit.place")
def place_journal(timestamp: int) -> None:
    """Give entries of the journal that an earlier version wrote their authority, 40,000 a run at most.

    It costs one look at an empty index once all have theirs."""
    for _ in range(20):
        if not place_older():
            break


@app.periodic(cron="*/10 1-4 * * *")
@app.task(name="personal.erase", queue="sweeps", queueing_lock="personal.erase")
def erase_what_is_over(timestamp: int) -> None:
    """Erase, at night and in batches, what the territory's rules of retention let go by themselves, and what two people
    ordered."""
    at = datetime.now(UTC)
    _do_each(lambda: retention.sweep(at=at), lambda: order.carry_out_orders(at=at))


@app.periodic(cron="40 0 * * *")
@app.task(name="review.look_back", queue="sweeps", queueing_lock="review.look_back")
def look_back(timestamp: int) -> dict[str, int]:
    """Of the day that is over: draw the grants that another person examines again, and tell of unusual decisions."""
    at = datetime.now(UTC)
    day = timezone.localdate(at) - timedelta(days=1)
    drawn, alarms = _do_each(lambda: second_look.draw(day, at=at), lambda: officer_alarm.watch(day, at=at))
    return {"grants-drawn": drawn, "officer-alarms": alarms}


@app.periodic(cron="17 6 * * *")
@app.task(name="journey.remind", queue="sweeps", queueing_lock="journey.remind")
def remind(timestamp: int) -> dict[str, int]:
    """Tell owners of unclaimed deposits, and holders of documents that end soon and can be renewed.

    Its cost grows with what is held, and with what ends within those days."""
    at = datetime.now(UTC)
    ends, deposits = _do_each(lambda: remind_of_ends(at=at), lambda: remind_of_deposits(at=at))
    return {"ends-told": ends, "deposits-told": deposits}


def remind_of_ends(*, at: datetime) -> int:
    """Tell the holders of documents that end in 60, 30 and 7 days, each time once; return how many are told.

    A document is looked for on seven days, in case that no worker ran on the first, and read on one of them."""
    count = 0
    for days in renewal.REMINDERS:
        ending = Value("ending:"), Cast(OuterRef("pk"), models.TextField()), Value(f"-{days}")
        event = Concat(*ending, output_field=models.TextField())
        told = Notice.objects.filter(application=OuterRef("intent__application"), event=event)
        for instrument in renewal.to_remind_of(days, at=at).exclude(Exists(told)):
            day = str(instrument.intent.valid_until)
            tell(
                application_of(instrument),
                f"ending:{instrument.pk}-{days}",
                at=at,
                number=instrument.number,
                day=day,
            )
            count += 1
    return count


def remind_of_deposits(*, at: datetime) -> int:
    """Mark the forgotten deposits as unclaimed, and tell the owners of unclaimed ones, each time once; return how many
    owners are told."""
    count = 0
    forgotten = Instrument.objects.filter(
        intent__application=OuterRef("charge__application"),
        intent__valid_until__lt=timezone.localdate(at) - FORGOTTEN,
    )
    held = ChargeLine.objects.filter(held_row__unclaimed_since=None, held_row__isnull=False)
    deposit.mark_unclaimed(held.filter(Exists(forgotten)), at=at)
    for each, number in deposit.reminders_due(at=at):
        money, application = deposit.held(each.line), each.line.charge.application
        event = f"deposit-unclaimed:{each.pk}-{number}"
        tell(application, event, at=at, amount=str(money), currency=money.currency)
        deposit.note_reminder(each, number)
        count += 1
    return count
