"""Orders visits, and takes the inspectors' reports."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import heard
from rukhsa.catalogue.steps import InspectionAfterIssue, InspectStep
from rukhsa.jobs import advance_soon
from rukhsa.review import facts, plan, queue, reach
from rukhsa.review import record as record_step
from rukhsa.review.deadlines import deadline, due_at
from rukhsa.review.errors import Closed, FaultsWithoutText, PassedWithFaults, PointsMissing
from rukhsa.review.models import Inspection, InspectionReport


def order_due(application: Application, planned: list[plan.PlannedStep], at: datetime) -> list[Inspection]:
    """Order every visit before the decision whose turn has come; again changes nothing.

    For a locked application, by its plan as it is now; whoever calls places it in the queue.
    """
    due = [step for step in planned if step.is_open and step.kind is plan.Kind.INSPECT]
    return [_order(application, step, at) for step in due if step.row is None]


@transaction.atomic
def order_after_issue(
    application: Application, *, anchors: Mapping[str, date], at: datetime
) -> list[Inspection]:
    """Order the visits that follow the issue, due by days such as {"end": …}; again changes nothing."""
    application = reach.lock_for_system(application)
    given = heard(application.definition, application.answers)
    known = {**_submission(application), **anchors}
    asked = [step for step in application.definition.after_issue if holds(step.when, given)]
    return [_order_after(application, step, known, at) for step in asked]


def visited_before_decision(planned: list[plan.PlannedStep]) -> bool:
    """Whether there were visits to be made before the decision, and all of them passed."""
    visits = [step for step in planned if step.kind is plan.Kind.INSPECT]
    asked = [step for step in visits if step.state is not plan.State.NOT_ASKED]
    return bool(asked) and all(step.state is plan.State.DONE for step in asked)


def passed_after_issue(application: Application) -> list[str]:
    """The visits after issue whose newest report says that they passed."""
    visits = Inspection.objects.filter(application=application, after_issue=True).prefetch_related("reports")
    newest = ((visit.step, facts.newest_report(visit)) for visit in visits)
    return [step for step, report in newest if report and report.passed]


@transaction.atomic
def report(
    inspection: Inspection,
    passed: bool,
    points: Mapping[str, bool],
    text: str,
    photos: Sequence[str],
    records: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    at: datetime,
) -> InspectionReport:
    """What the inspector saw; `photos` are digests. A failed visit may be followed by another report.

    `records` are the typed answers to what a passed visit records. The same again changes nothing. Raise `Closed`,
    `PointsMissing`, `PassedWithFaults`, `FaultsWithoutText`, `RecordsIncomplete`; `DoesNotExist` out of reach.
    """
    actor.require_somewhere(Permission.INSPECT)
    inspection = Inspection.objects.on_which(actor, Permission.INSPECT).get(pk=inspection.pk)
    application = reach.lock_for_system(inspection.application)
    text = text.strip()
    _require_sense(inspection, passed, points, text)
    if same := _reported_already(inspection, passed, points, text, photos):
        return same
    if not Inspection.objects.open().filter(pk=inspection.pk).exists():
        raise Closed
    made = InspectionReport.objects.create(
        inspection=inspection,
        passed=passed,
        points=dict(points),
        text=text,
        photos=list(photos),
        inspector=actor.person,
        at=at,
    )
    if passed and (step := step_of(application, inspection)):
        record_step.keep(application, step, inspection.step, records or {}, actor=actor, at=at)
    record("report-inspection", inspection, actor=actor, at=at, passed=passed)
    queue.place(application, at)
    advance_soon(application.pk)
    return made


def step_of(application: Application, inspection: Inspection) -> InspectStep | None:
    """The step of the review for which the visit is made; None for one after issue, and one that was dropped."""
    steps = (step for step in application.definition.steps if isinstance(step, InspectStep))
    if inspection.after_issue:
        return None
    return next((step for step in steps if step.inspect == inspection.step), None)


def _order(application: Application, step: plan.PlannedStep, at: datetime) -> Inspection:
    defined = step.defined
    assert isinstance(defined, InspectStep)
    ordered = Inspection.objects.create(
        application=application,
        step=step.id,
        number=1 + Inspection.objects.filter(application=application, step=step.id).count(),
        checklist=_checklist(defined),
        ordered_at=at,
        due_at=deadline(defined.within, after=at, authority=application.authority_id),
    )
    record("order-inspection", ordered, actor=None, at=at, step=step.id)
    return ordered


def _order_after(
    application: Application, step: InspectionAfterIssue, anchors: Mapping[str, date], at: datetime
) -> Inspection:
    ordered, new = Inspection.objects.get_or_create(
        application=application,
        step=step.inspect,
        defaults={
            "after_issue": True,
            "checklist": _checklist(step),
            "ordered_at": at,
            "due_at": due_at(step.due, anchors, authority=application.authority_id),
        },
    )
    if new:
        record("order-inspection", ordered, actor=None, at=at, step=step.inspect)
        queue.place(application, at)
    return ordered


def _checklist(step: InspectStep | InspectionAfterIssue) -> list[dict[str, str]]:
    return [{"id": point, "ar": text.ar, "en": text.en} for point, text in step.checklist.items()]


def _submission(application: Application) -> dict[str, date]:
    submitted_at = application.submitted_at
    return {"submission": timezone.localdate(submitted_at)} if submitted_at else {}


def _require_sense(inspection: Inspection, passed: bool, points: Mapping[str, bool], text: str) -> None:
    if set(points) != {point["id"] for point in inspection.checklist}:
        raise PointsMissing
    if passed and not all(points.values()):
        raise PassedWithFaults
    if not passed and not text:
        raise FaultsWithoutText


def _reported_already(
    inspection: Inspection, passed: bool, points: Mapping[str, bool], text: str, photos: Sequence[str]
) -> InspectionReport | None:
    newest = facts.newest_report(inspection)
    if newest is None:
        return None
    said = (newest.passed, newest.points, newest.text, newest.photos)
    return newest if said == (passed, dict(points), text, list(photos)) else None
