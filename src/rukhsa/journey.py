"""The life of an application, in order: what is due next, and doing it."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa import undone
from rukhsa.applications import submit as submission
from rukhsa.applications import withdraw as withdrawal
from rukhsa.applications.answers import Problem
from rukhsa.applications.models import Application, Term
from rukhsa.applications.stages import Act, NotPossible, Stage
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import tell
from rukhsa.issuance import cycle, effects, ending, issuing, parent, stall
from rukhsa.issuance.errors import IssuingStopped
from rukhsa.issuance.models import Instrument
from rukhsa.jobs import run_later
from rukhsa.payments import deposits, settle, tariff, unclaimed
from rukhsa.payments import sweep as late_payments
from rukhsa.payments.models import Charge, ChargeLine, HeldDeposit
from rukhsa.payments.standstill import require_standstill, unpaid
from rukhsa.review import begin, decide, facts, inspection, plan, queue, reconsider, referral
from rukhsa.review.expected import expected
from rukhsa.review.models import QueueEntry

AT_SUBMISSION, AFTER_INSPECTION = Charge.Due.AT_SUBMISSION, Charge.Due.AFTER_INSPECTION
AFTER_DECISION = Charge.Due.AFTER_DECISION
# Assumed: a deposit is forgotten when so long after the end of its instrument nobody has asked for it.
FORGOTTEN = timedelta(days=30)
# What the applicant is told to pay, by when it falls due.
_DUE_EVENTS = {
    AT_SUBMISSION: "payment-due-first",
    AFTER_INSPECTION: "payment-due-visited",
    AFTER_DECISION: "payment-due",
}


def advance(application_id: UUID, *, at: datetime) -> None:
    """Do whatever is due in the life of an application, in order, each thing once.

    It looks at the facts and not at what happened a moment ago, so that it may be called at any time and any
    number of times: when something commits, and by the sweep, which finds what was lost on the way.
    """
    settle.settle_open(application_id, at=at)
    with transaction.atomic():
        application = _locked(application_id)
        undone.end_overdue(application, at=at)
        known: facts.Facts | None = None
        match application.stage:
            case Stage.SUBMITTED:
                known = _examine(application, at)
            case Stage.RETURNED:
                tell(application, f"returned:{_last_step(application)}", at=at)
            case Stage.REFUSED:
                tell(application, _refusal(application), at=at)
            case Stage.LAPSED:
                undone.tell_of_end(application, at=at)
        _free_deposits(application, at)
        queue.place(application, at, known)
        if application.stage != Stage.GRANTED:
            undone.wait(application, at=at)
            return
    # What is charged after the decision may have no row in the tariff: the queue is drawn all the same.
    with transaction.atomic():
        application = _locked(application_id)
        is_paid = application.stage == Stage.GRANTED and _is_all_paid(application, at)
        undone.wait(application, at=at)
    if is_paid:
        # Issuing may be stopped, before or amid this document: it waits, and the sweep finds it after the start.
        with suppress(IssuingStopped):
            _complete(application, _issue(application, at), at)


def _issue(application: Application, at: datetime) -> Instrument:
    """The document; where it is refused, the reason is kept for the desk, and the next run tries again."""
    try:
        return cycle.issue(application, at=at)
    except IssuingStopped:
        raise
    except Exception as error:
        stall.note(application, error, at=at)
        raise


def _examine(application: Application, at: datetime) -> facts.Facts | None:
    """Let the review go on; gives its facts, unless something was done meanwhile that they do not tell."""
    tell(application, "submitted", at=at, **_promised(application))
    if not _is_paid(application, AT_SUBMISSION, at):
        return None
    known = facts.read(application)
    if known.begun_at is None:
        begin.begin(application, at=at)
        known = facts.read(application)
    planned = plan.steps(application, known)
    opened = [*referral.ask_due(application, planned, at), *inspection.send_due(application, planned, at)]
    may_decide = not inspection.visited_before_decision(planned) or _is_paid(
        application, AFTER_INSPECTION, at
    )
    if may_decide and plan.is_systems_turn(planned):
        decide.by_rule(application, at)
        application.refresh_from_db()
        return None
    return None if opened else known


def _promised(application: Application) -> dict[str, str]:
    """The day by which a decision is expected, told with the submission where its days count from there."""
    if application.submitted_at is None or facts.is_paid_first(application.definition):
        return {}
    since = application.submitted_at
    promise = expected(application, begun_at=since, pauses=(), stands_since=None, at=since)
    return {"day": promise.day.isoformat()} if promise else {}


def _free_deposits(application: Application, at: datetime) -> None:
    """What is held for an application that came to nothing goes back; a fee was for the examination and stays."""
    if application.stage not in (Stage.REFUSED, Stage.WITHDRAWN, Stage.LAPSED):
        return
    if deposits.release_closed(application, at=at):
        tell(application, "deposit-released", at=at)


def _is_all_paid(application: Application, at: datetime) -> bool:
    dues = (AT_SUBMISSION, AFTER_INSPECTION, AFTER_DECISION)
    # Each is asked, so that the applicant hears of all that is due and not of one after the other.
    paid = [_is_paid(application, due, at) for due in dues]
    return all(paid)


def _is_paid(application: Application, due: Charge.Due, at: datetime) -> bool:
    charge = tariff.assess(application, due, at=at)
    if charge is None:
        return True
    if hasattr(charge, "receipt"):
        if due != AFTER_DECISION and charge.amount:  # the last one is answered by the document itself
            tell(application, f"paid:{charge.pk}", at=at)
        return True
    event = f"{_DUE_EVENTS[due]}:{charge.pk}"
    tell(application, event, at=at, amount=str(charge.money), currency=charge.currency)
    return False


@transaction.atomic
def _complete(application: Application, instrument: Instrument, at: datetime) -> None:
    for freed in effects.apply(instrument, at=at):
        tell(freed, "deposit-released", at=at)
    if reopened := reconsider.reopen(application, because=instrument.number, at=at):
        tell(reopened, f"reopened:{instrument.number}", at=at)
        advance_later(reopened)
    inspection.order_after_issue(application, anchors=_days(instrument), at=at)
    passed = inspection.passed_after_issue(application)
    if deposits.release_due(application, passed=passed, at=at):
        tell(application, "deposit-released", at=at)
    tell(application, "issued", at=at, number=instrument.number)


def problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """Everything that keeps an application from being submitted."""
    return (*submission.problems(application, at=at), *_earlier(application, at))


def _earlier(application: Application, at: datetime) -> tuple[Problem, ...]:
    """What is wrong with the earlier instruments and decisions that an application names."""
    return (*parent.problems(application, at=at), *reconsider.problems(application, at=at))


def grant_problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """What keeps an application from being granted by now, though it was in order when it was submitted."""
    return parent.problems(application, at=at)


def waits_for_payment(application: Application) -> bool:
    """Whether what fell due by a visit is not paid yet, so that a grant would come too early."""
    charge = Charge.objects.newest(application, AFTER_INSPECTION)
    return charge is not None and not charge.is_settled


def submit(application: Application, *, actor: Actor, at: datetime) -> Application:
    """Submit an application whose earlier instrument or decision, where it names one, is the applicant's own.

    Raise `NotComplete` with every problem at once.
    """
    found = _earlier(application, at)
    return submission.submit(application, actor=actor, at=at, found=found)


@transaction.atomic
def withdraw(application: Application, *, actor: Actor, at: datetime) -> Application:
    """Take an application back: until it is decided, and after its grant while it is unpaid.

    Raises NotPossible; OutcomeUnknown where a payment of what is granted is under way or in doubt.
    """
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if locked.stage == Stage.GRANTED:
        require_standstill(locked)
        if not unpaid(locked).exists():
            raise NotPossible(Stage.GRANTED, Act.WITHDRAW)
    return withdrawal.withdraw(locked, actor=actor, at=at)


# Four minutes at most between two tries; when they are used up, the sweep queues a new run.
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


@app.task(name="journey.advance", queue="journey", retry=_RETRY)
def advance_now(*, application: str) -> None:
    """The task of `advance_later`."""
    advance(UUID(application), at=datetime.now(UTC))


def advance_later(application: Application, *, priority: int = 1) -> None:
    """Queue `advance` in the transaction that is open: it runs when, and only when, that one commits.

    Before the notices that wait, and what the sweep found: whoever paid looks at the page that says so.
    """
    run_later(advance_now, lock=str(application.pk), priority=priority, application=str(application.pk))


@app.periodic(cron="* * * * * */10")
@app.task(name="journey.sweep_payments", queue="journey", queueing_lock="journey.sweep_payments")
def sweep_payments(timestamp: int) -> None:
    """Find payments whose end nobody told us; its cost grows with what is unpaid, not with what there is."""
    late_payments.sweep(at=datetime.now(UTC), then=advance_later)


@app.periodic(cron="* * * * *")
@app.task(name="journey.sweep", queue="journey", queueing_lock="journey.sweep")
def sweep(timestamp: int) -> None:
    """Find applications whose next thing is due and was lost; its cost grows with all that was ever granted.

    And those whose term is over, or whose applicant is to be reminded of it: these by what is due."""
    at = datetime.now(UTC)
    undone.remind(at=at)
    waiting = _waiting()
    for application in (*unfinished(), *undone.overdue(at=at)):
        if str(application.pk) not in waiting:
            advance_later(application, priority=0)


@app.periodic(cron="17 6 * * *")
@app.task(name="journey.remind", queue="journey", queueing_lock="journey.remind")
def remind(timestamp: int) -> None:
    """Tell owners of deposits that nobody claims, and holders of documents that end soon and can be renewed.

    Its cost grows with what is held, and with what ends within those days."""
    at = datetime.now(UTC)
    remind_of_ends(at=at)
    forgotten = Instrument.objects.filter(
        intent__application=OuterRef("charge__application"),
        intent__valid_until__lt=timezone.localdate(at) - FORGOTTEN,
    )
    held = ChargeLine.objects.filter(held_row__unclaimed_since=None, held_row__isnull=False)
    unclaimed.mark(held.filter(Exists(forgotten)), at=at)
    unclaimed.remind(at=at, tell=lambda held, number: _remind(held, number, at))


def remind_of_ends(*, at: datetime) -> None:
    """Tell the holders of documents that end in 60, 30 and 7 days, each time once."""
    for days in ending.REMINDERS:
        for instrument in ending.to_remind_of(days, at=at):
            day = str(instrument.intent.valid_until)
            event = f"ending:{instrument.pk}-{days}"
            tell(ending.application_of(instrument), event, at=at, number=instrument.number, day=day)


def _remind(held: HeldDeposit, number: int, at: datetime) -> None:
    money = deposits.held(held.line)
    event = f"deposit-unclaimed:{held.pk}-{number}"
    application = held.line.charge.application
    tell(application, event, at=at, amount=str(money), currency=money.currency)


def _waiting() -> set[str | None]:
    """The applications whose next run is queued: while nothing can be issued, more of them help nobody."""
    queued = ProcrastinateJob.objects.filter(task_name="journey.advance", status__in=["todo", "doing"])
    return set(queued.values_list("lock", flat=True))


def unfinished(limit: int = 500) -> list[Application]:
    """Applications whose next thing is due and not done: not yet in the queue, paid for and not issued,
    issued and not told so, or waiting for their applicant without a term."""
    queued = QueueEntry.objects.filter(application=OuterRef("pk"))
    issued = Instrument.objects.filter(intent__application=OuterRef("pk"))
    told = Notice.objects.filter(application=OuterRef("pk"), event="issued")
    newer = Charge.objects.filter(
        application=OuterRef("application"), due=OuterRef("due"), number__gt=OuterRef("number")
    )
    unpaid_of = Charge.objects.filter(~Exists(newer), application=OuterRef("pk"), receipt=None)
    lost = Q(~Exists(queued), stage=Stage.SUBMITTED)
    if issuing.stopped() is None:
        lost |= Q(~Exists(issued), ~Exists(unpaid_of), stage=Stage.GRANTED)
    lost |= Q(Exists(issued), ~Exists(told), stage=Stage.GRANTED)
    endless = ~Exists(Term.objects.filter(application=OuterRef("pk")))
    lost |= Q(endless, stage=Stage.RETURNED)
    lost |= Q(endless, Exists(unpaid_of.filter(amount__gt=0)), stage__in=(Stage.SUBMITTED, Stage.GRANTED))
    return list(Application.objects.filter(lost).order_by("submitted_at")[:limit])


def _locked(application_id: UUID) -> Application:
    locked = Application.objects.select_for_update(of=("self",))
    return locked.select_related("service_version", "applicant", "company", "authority").get(
        pk=application_id
    )


def _refusal(application: Application) -> str:
    # An application that was reconsidered may be refused again, and its applicant is told again.
    round = facts.round_of(application.steps.all())
    return "refused" if round == 1 else f"refused:{round}"


def _last_step(application: Application) -> int:
    # Each return is an event of its own: the applicant is told of every one.
    step = application.steps.last()
    return step.pk if step else 0


def _days(instrument: Instrument) -> dict[str, date]:
    """The days from which a visit after issue may be counted."""
    period = instrument.period
    days = {"issue": timezone.localdate(instrument.released_at), "start": period.start}
    return days | ({"end": period.end} if period.end else {})
