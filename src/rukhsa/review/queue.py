"""The queue of an authority: what is open, who has it, whose turn it is, and until when."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.review import facts, plan
from rukhsa.review.deadlines import Pause, prolonged
from rukhsa.review.models import (
    OPEN_STAGES,
    Assignment,
    Inspection,
    QueueEntry,
    Referral,
    WaitingInspection,
    WaitingReferral,
)
from rukhsa.review.sittings import WaitingMatter

_TURNS = {
    plan.Turn.AUTHORITY: QueueEntry.Turn.AUTHORITY,
    plan.Turn.SYSTEM: QueueEntry.Turn.AUTHORITY,
    plan.Turn.AGENCY: QueueEntry.Turn.AGENCY,
    plan.Turn.INSPECTOR: QueueEntry.Turn.INSPECTOR,
}

_DRAWN = ("authority", "submitted_at", "officer", "turn", "step", "since", "due_at")


def place(application: Application, at: datetime, known: facts.Facts | None = None) -> None:
    """Draw from the facts where the application stands: in the queue of its authority until it is closed, and
    in the lists of the agencies and inspectors who are asked about it. Drawing again changes nothing.

    `known` are its facts, where the caller has read them and nothing has happened since.
    """
    if known is None and application.stage == Stage.SUBMITTED:
        known = facts.read(application)
    # Nobody waits for what the facts do not have; what was dropped is taken off as it is.
    if known is None or known.referrals:
        _place_referrals(application, known)
    if known is None or known.inspections:
        _place_inspections(application, known)
    planned = plan.steps(application, known) if application.stage == Stage.SUBMITTED else []
    _place_matter(application, planned)
    if application.stage not in OPEN_STAGES:
        QueueEntry.objects.filter(application=application).delete()
        return
    # What was submitted has both; the database keeps that promise.
    assert application.authority_id
    assert application.submitted_at
    holder = Assignment.objects.filter(application=application).order_by("-id").first()
    entry = QueueEntry(
        application=application,
        authority_id=application.authority_id,
        submitted_at=application.submitted_at,
        officer_id=holder.officer_id if holder else None,
        **_standing(application, planned, at),
    )
    QueueEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["application"], update_fields=_DRAWN
    )


def _place_referrals(application: Application, known: facts.Facts | None) -> None:
    opened = _open_referrals(application, known)
    listed = WaitingReferral.objects.filter(referral__application=application)
    gone, new = _compared(listed.values_list("referral", flat=True), opened)
    if gone:
        listed.filter(referral__in=gone).delete()
    if new:
        rows = [WaitingReferral(referral=each, agency_id=each.agency_id, due_at=each.due_at) for each in new]
        WaitingReferral.objects.bulk_create(rows, ignore_conflicts=True)


def _open_referrals(application: Application, known: facts.Facts | None) -> list[Referral]:
    if known:
        return [each for each in known.referrals.values() if facts.answered_at(each) is None]
    if application.stage not in OPEN_STAGES:
        return []
    return list(Referral.objects.filter(application=application).open())


def _place_inspections(application: Application, known: facts.Facts | None) -> None:
    opened = _open_inspections(application, known)
    listed = WaitingInspection.objects.filter(inspection__application=application)
    gone, new = _compared(listed.values_list("inspection", flat=True), opened)
    if gone:
        listed.filter(inspection__in=gone).delete()
    if not new:
        return
    # A draft that was withdrawn has no authority, and no visits; what is inspected was submitted, and has one.
    authority = application.authority_id or ""
    pauses = known.pauses if known else facts.pauses_of(application)
    rows = [
        WaitingInspection(
            inspection=each, authority_id=authority, due_at=_visit_due(each, application, pauses)
        )
        for each in new
    ]
    WaitingInspection.objects.bulk_create(rows, ignore_conflicts=True)


def _open_inspections(application: Application, known: facts.Facts | None) -> list[Inspection]:
    if known:
        return [each for each in known.inspections.values() if not facts.is_passed(each)]
    return list(Inspection.objects.filter(application=application).open())


def _compared[Row: (Referral, Inspection)](
    listed: Iterable[UUID], opened: Sequence[Row]
) -> tuple[set[UUID], list[Row]]:
    """What is listed and waits no more, and what waits and is not listed."""
    before = set(listed)
    return before - {each.pk for each in opened}, [each for each in opened if each.pk not in before]


def _visit_due(visit: Inspection, application: Application, pauses: tuple[Pause, ...]) -> datetime:
    if visit.after_issue:
        return visit.due_at
    authority = application.authority_id
    return prolonged(visit.due_at, after=visit.ordered_at, authority=authority, pauses=pauses)


def _place_matter(application: Application, planned: list[plan.PlannedStep]) -> None:
    turn = plan.find(planned, plan.Kind.DECIDE, plan.DECIDE)
    committee = application.definition.decision.committee
    if not committee and not application.process_version_id:
        return  # it never had one
    listed = WaitingMatter.objects.filter(application=application)
    if not committee or turn is None or not turn.is_open:
        listed.delete()
        return
    defaults = {"authority_id": application.authority_id, "committee": committee, "due_at": turn.due_at}
    WaitingMatter.objects.update_or_create(application=application, defaults=defaults)


def _standing(application: Application, planned: list[plan.PlannedStep], at: datetime) -> dict[str, object]:
    if application.stage == Stage.RETURNED:
        returned = application.steps.order_by("-id").first()
        since = returned.at if returned else at
        return {"turn": QueueEntry.Turn.APPLICANT, "step": "", "since": since, "due_at": None}
    opened = [step for step in planned if step.is_open]
    if not opened:
        return {"turn": QueueEntry.Turn.AUTHORITY, "step": "", "since": at, "due_at": None}
    # Of steps side by side the authority's own comes first: that one an officer can do something about.
    own_first = sorted(opened, key=lambda step: _TURNS[step.turn] != QueueEntry.Turn.AUTHORITY)
    due = [step.due_at for step in opened if step.due_at]
    return {
        "turn": _TURNS[own_first[0].turn],
        "step": own_first[0].id,
        "since": own_first[0].opened_at or at,
        "due_at": min(due, default=None),
    }
