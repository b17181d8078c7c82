"""The life of an application, in order: what is due next, and doing it."""

from contextlib import suppress
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa import assessment, lapsing
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.correspondence import conversation
from rukhsa.delivery.notice import tell, tell_one
from rukhsa.issuance import correction, cycle, effects, stall
from rukhsa.issuance.grant import grant
from rukhsa.issuance.intent import origin_of_application
from rukhsa.issuance.issuing_stop import IssuingStopped
from rukhsa.issuance.models import Instrument, Revocation
from rukhsa.payments import bill, deposit
from rukhsa.payments.models import Charge, DepositMovement
from rukhsa.payments.outcome import settle_open
from rukhsa.review import (
    appointment,
    decision,
    examination,
    inspection,
    plan,
    queue,
    reconsideration,
    referral,
)

Due = Charge.Due


# Four minutes at most between two tries; when they are used up, the sweep queues a new run.
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


@app.task(name="journey.advance", queue="journey", retry=_RETRY)
def advance_now(*, application: str) -> None:
    """The task that the verbs queue by `jobs.advance_soon`."""
    advance(UUID(application), at=datetime.now(UTC))


def advance(application_id: UUID, *, at: datetime) -> None:
    """Do whatever is due in the life of an application, in order, each thing once, and tell the applicant.

    It reads the facts, and not which verb queued it, so that it may run at any time and any number of times.
    """
    settle_open(application_id, at=at)
    with transaction.atomic():
        application = _locked(application_id)
        lapsing.lapse_overdue(application, at=at)
        known: plan.Facts | None = None
        match application.stage:
            case Stage.SUBMITTED:
                known = _examine(application, at)
            case Stage.RETURNED:
                # Each return is an event of its own, so that the applicant is told of every one.
                tell(application, f"returned:{application.steps.latest('id').pk}", at=at)
            case Stage.REFUSED:
                tell(application, _refusal(application), at=at, **_last_day_to_object(application, at))
            case Stage.LAPSED:
                lapsing.tell_of_lapse(application, at=at)
        if application.stage in (Stage.REFUSED, Stage.WITHDRAWN, Stage.LAPSED):
            # It came to nothing: its deposits go back; a fee was for the examination and stays.
            deposit.release_closed(application, at=at)
        _tell_of_deposits(application, at)
        tell_of_news(application, at)
        if application.stage != Stage.GRANTED:
            lapsing.set_term(application, at=at)  # the queue shows whether its applicant is to pay
        queue.refresh(application, at, known)
        if application.stage != Stage.GRANTED:
            return
    # Assessing fails where the tariff has no row: in a transaction of its own, it leaves the queue as it was placed.
    with transaction.atomic():
        # Locked again, and nothing but its stage is asked for.
        application.refresh_from_db(fields=["stage"], from_queryset=Application.objects.select_for_update())
        is_granted = application.stage == Stage.GRANTED
        charges = assessment.assess_all(application, at=at) if is_granted else []
        lapsing.set_term(application, at=at)
    if is_granted and all(assessment.is_paid(charge) for charge in charges):
        _release(application, at)


def _examine(application: Application, at: datetime) -> plan.Facts | None:
    """Carry the review on; gives its facts, or None where something was done here that they do not include."""
    tell(application, "submitted", at=at, **assessment.promised_at_submission(application))
    if not assessment.is_paid(assessment.assess_and_tell(application, Due.AT_SUBMISSION, at=at)):
        return None
    known = plan.read(application)
    if known.begun_at is None:
        examination.begin(application, at=at)
        known = plan.read(application)
    planned = plan.steps(application, known)
    opened = [*referral.ask_due(application, planned, at), *inspection.order_due(application, planned, at)]
    may_decide = True
    if inspection.visited_before_decision(planned):
        may_decide = assessment.is_paid(assessment.assess_and_tell(application, Due.AFTER_INSPECTION, at=at))
    if may_decide and plan.is_systems_turn(planned):
        decision.decide_by_rule(application, at)
        application.refresh_from_db()
        return None
    return None if opened else known


def tell_of_bill(application: Application, open_bill: bill.Bill, at: datetime) -> None:
    """Tell the applicant the number of a bill that was left to be paid later, until when, and where."""
    tell(
        application,
        f"bill:{open_bill.attempt.pk}",
        at=at,
        number=open_bill.number,
        amount=str(open_bill.money),
        currency=open_bill.money.currency,
        day=timezone.localdate(open_bill.until).isoformat(),
        where=open_bill.where.in_language(application.language),
    )


def tell_of_news(application: Application, at: datetime) -> None:
    """Tell the applicant of times for a visit, of a bill that was left for later, and of a message not seen yet."""
    tell_of_visits(application, at)
    if (open_bill := bill.bill_of(application, at=at)) and bill.is_to_be_told(open_bill.attempt, at=at):
        tell_of_bill(application, open_bill, at)
    if first_unread := conversation.untold(application):
        tell(application, f"message:{first_unread}", at=at)


def tell_of_visits(application: Application, at: datetime) -> None:
    """Tell the applicant that times are offered for a visit, and both sides the one that was chosen or moved to."""
    for visit in appointment.visits_of(application, at=at):
        if visit.chosen:
            start = timezone.localtime(visit.chosen.time.starts_at)
            when = {"day": start.date().isoformat(), "time": f"{start:%H:%M}"}
            tell(application, f"visit-fixed:{visit.chosen.pk}", at=at, **when)
            inspector = visit.chosen.time.offered_by
            tell_one(inspector, application, f"visit-chosen:{visit.chosen.pk}", at=at, **when)
        elif visit.times:
            kind = "visit-moved" if visit.called_off else "visit-offered"
            tell(application, f"{kind}:{max(time.pk for time in visit.times)}", at=at)


def _tell_of_deposits(application: Application, at: datetime) -> None:
    """Tell the applicant of each part of a deposit that was kept, and that the rest is on its way back."""
    kinds = DepositMovement.Kind
    moved = DepositMovement.objects.filter(line__charge__application=application).exclude(kind=kinds.HELD)
    movements = list(moved.select_related("forfeiture").order_by("pk"))
    for movement in movements:
        if movement.forfeiture:
            kept, event = movement.forfeiture.money, f"deposit-forfeited:{movement.pk}"
            tell(application, event, at=at, kept=str(kept), currency=kept.currency)
    if any(movement.kind == kinds.RELEASED for movement in movements):
        tell(application, "deposit-released", at=at)


def _release(application: Application, at: datetime) -> None:
    """Issue the document of what is granted and paid for; of one that is out, tell what has changed since."""
    if released := cycle.released(origin_of_application(application)):
        _complete(application, released, at)
        _tell_of_changes(application, released, at)
        _correct(application, at)
        return
    # Issuing may be stopped, before this document or in the middle of it: the sweep finds it after the start.
    with suppress(IssuingStopped):
        _complete(application, _issue(application, at), at)


def _issue(application: Application, at: datetime) -> Instrument:
    """Issue the document; where that is refused, the reason is kept for the desk, and the next run tries again."""
    try:
        return cycle.issue_grant(grant(application, at=at), at=at)
    except IssuingStopped:
        raise
    except Exception as error:
        stall.note(application, error, at=at)
        raise


@transaction.atomic
def _complete(application: Application, instrument: Instrument, at: datetime) -> None:
    for freed in effects.apply(instrument, at=at):
        tell(freed, "deposit-released", at=at)
    if reopened := reconsideration.reopen(application, because=instrument.number, at=at):
        tell(reopened, f"reopened:{instrument.number}", at=at)
    inspection.order_after_issue(application, anchors=_days(instrument), at=at)
    passed = inspection.passed_after_issue(application)
    if deposit.release_due(application, passed=passed, at=at):
        tell(application, "deposit-released", at=at)
    tell(application, "issued", at=at, number=instrument.number)


def _correct(application: Application, at: datetime) -> None:
    """Issue each correction that two people agreed on, tell the holder of it, and of what became of it."""
    with suppress(IssuingStopped):
        for agreed, corrected in correction.carry_out(application, at=at):
            tell(application, f"corrected:{agreed.pk}", at=at, number=corrected.number)
            _tell_of_changes(application, corrected, at)


@transaction.atomic
def _tell_of_changes(application: Application, instrument: Instrument, at: datetime) -> None:
    """Tell the holder of each suspension, reinstatement and revocation of the document."""
    number = instrument.number
    for suspension in instrument.suspensions.select_related("reinstatement").order_by("pk"):
        tell(application, f"suspended:{suspension.pk}", at=at, number=number)
        if hasattr(suspension, "reinstatement"):
            tell(application, f"reinstated:{suspension.reinstatement.pk}", at=at, number=number)
    revocation = Revocation.objects.filter(instrument=instrument)
    # A renewal is revoked together with the document that it renews: both have one number, and one notice.
    for each in revocation.exclude(instrument__intent__renews__revocation__at=F("at")):
        tell(application, f"revoked:{each.pk}", at=at, number=number)


def _locked(application_id: UUID) -> Application:
    locked = Application.objects.select_for_update(of=("self",))
    with_people = locked.select_related("service_version", "applicant", "company", "authority")
    # The definition of a version is read once in a process.
    return with_people.defer("service_version__source_text", "service_version__meaning").get(
        pk=application_id
    )


def _refusal(application: Application) -> str:
    # An application that was reconsidered may be refused again, and its applicant is told again.
    round = examination.round_of(application.steps.all())
    return "refused" if round == 1 else f"refused:{round}"


def _last_day_to_object(application: Application, at: datetime) -> dict[str, str]:
    days = [
        each.last_day for each in reconsideration.contests(decision.standing_decision(application), at=at)
    ]
    ends = [day for day in days if day]
    return {"day": min(ends).isoformat()} if ends else {}


def _days(instrument: Instrument) -> dict[str, date]:
    """The days from which a visit after issue may be counted."""
    period = instrument.period
    days = {"issue": timezone.localdate(instrument.released_at), "start": period.start}
    return days | ({"end": period.end} if period.end else {})
