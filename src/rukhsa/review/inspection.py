"""Inspections: visits that a definition asks for, before the decision or after the issue, and their reports."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import lock
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import effective_answers
from rukhsa.catalogue.shape import Span
from rukhsa.catalogue.steps import InspectionAfterIssue, InspectStep
from rukhsa.jobs import advance_soon
from rukhsa.review import plan, queue, recording
from rukhsa.review.deadline import Pause, deadline, due_at, prolonged
from rukhsa.review.errors import Closed, ReviewError
from rukhsa.review.plan import Kind
from rukhsa.review.queue import WaitingInspection
from rukhsa.values.names import Text

ADDED_VISIT = Text(ar="معاينة إضافية", en="Extra visit")


class PointsMissing(ReviewError):
    """A report that does not mark every point of the checklist."""

    code = "points-missing"
    text = _("Mark every point of the checklist.")


class PassedWithFaults(ReviewError):
    """A report that passes although a point failed."""

    code = "passed-with-faults"
    text = _("A point failed, so the visit cannot pass. Correct the point or choose “failed”.")


class FaultsWithoutText(ReviewError):
    """A failed inspection that does not say what to do."""

    code = "faults-without-text"
    text = _("Write what is wrong and what must be done.")


def still_wanted(inspection: str = "") -> Q:
    """Visits whose report is still wanted; `inspection` is the path to the visit, such as "inspection__"."""
    return Q(**{f"{inspection}after_issue": True}) | Q(**{f"{inspection}application__stage": Stage.SUBMITTED})


class InspectionQuerySet(ScopedQuerySet["Inspection"]):
    """Inspections, by what they wait for."""

    def open(self) -> "InspectionQuerySet":
        """Those whose newest report did not pass, or that have none, as long as one is wanted."""
        newer = InspectionReport.objects.filter(inspection=OuterRef("inspection"), pk__gt=OuterRef("pk"))
        passed = InspectionReport.objects.filter(~Exists(newer), inspection=OuterRef("pk"), passed=True)
        return self.wanted().exclude(Exists(passed))

    def wanted(self) -> "InspectionQuerySet":
        """Those that a report may be taken for: their application is not closed, and their step still asked."""
        return self.filter(still_wanted(), dropped=None)


class Inspection(Scoped):
    """A visit before the decision or after the issue, that the definition asks for or an officer added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="inspections", db_index=False)
    step = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField(default=1)  # a step that was dropped may come back
    after_issue = models.BooleanField(default=False)
    checklist = models.JSONField(default=list)  # of {"id", "ar", "en"}, as the definition orders them
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # Where an officer added the visit: who, and why.
    ordered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    added_because = models.TextField(blank=True, default="", db_default="")

    authority_path = "application__authority"
    objects = InspectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "step", "number"], name="step_inspected_once"),
            models.CheckConstraint(
                condition=Q(added_because="", ordered_by=None)
                | (~Q(added_because="") & Q(ordered_by__isnull=False)),
                name="an_added_visit_says_why",
            ),
        ]

    @property
    def begun_at(self) -> datetime:
        """When the visit was ordered."""
        return self.ordered_at

    @property
    def added(self) -> InspectStep | None:
        """The step, where an officer added the visit to those of the definition; its term is that of the row."""
        if not self.added_because or not self.checklist:  # it is erased with the application
            return None
        points = {point["id"]: Text(ar=point["ar"], en=point["en"]) for point in self.checklist}
        span = Span(count=1, unit="working day")
        return InspectStep(inspect=self.step, name=ADDED_VISIT, checklist=points, within=span)

    @property
    def newest_report(self) -> "InspectionReport | None":
        """The report that counts: the last one."""
        return max(self.reports.all(), key=lambda report: report.pk, default=None)

    @property
    def done_at(self) -> datetime | None:
        """When the newest report said that it passed."""
        report = self.newest_report
        return report.at if report and report.passed else None

    def due_by(self, pauses: Sequence[Pause]) -> datetime:
        """Its deadline, moved by the time that the applicant had the application."""
        if self.after_issue:
            return self.due_at
        authority = self.application.authority_id
        return prolonged(self.due_at, after=self.ordered_at, authority=authority, pauses=pauses)

    def queued(self, pauses: Sequence[Pause]) -> WaitingInspection:
        """Its row in the list of the inspectors."""
        # A draft that was withdrawn has no authority, and no visits; what is inspected was submitted, and has one.
        authority = self.application.authority_id or ""
        return WaitingInspection(inspection=self, authority_id=authority, due_at=self.due_by(pauses))


class InspectionReport(Scoped):
    """What the inspector saw: each point of the checklist, and whether the whole passed."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="reports")
    passed = models.BooleanField()
    points = models.JSONField(default=dict)  # the id of each point and whether it is in order
    text = models.TextField(blank=True)
    photos = models.JSONField(default=list)  # digests of stored pictures
    inspector = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # What a device noted on the spot, which may have reached the server later.
    made_at = models.DateTimeField(null=True)
    present = models.CharField(max_length=120, blank=True, default="", db_default="")
    signature = models.CharField(max_length=64, blank=True, default="", db_default="")  # digest of a picture
    taken = models.JSONField(
        default=dict, db_default={}
    )  # by the digest of a photo: when and where it was taken

    authority_path = "inspection__application__authority"

    @property
    def pictures(self) -> list[tuple[str, dict[str, Any]]]:
        """Its photos, each with the time and the place that the device gave."""
        facts = {digest: dict(self.taken.get(digest, {})) for digest in self.photos}
        for told in facts.values():
            told["at"] = datetime.fromisoformat(told["at"]) if told.get("at") else None
        return list(facts.items())


@dataclass(frozen=True, kw_only=True)
class OnSite:
    """What a device notes on the spot: when, who was present, the signature, and the facts of each photo."""

    made_at: datetime | None = None
    present: str = ""
    signature: str = ""
    taken: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an inspector says of a visit; `photos` are digests, `records` typed answers to what the visit records."""

    passed: bool
    points: Mapping[str, bool]
    text: str = ""
    photos: Sequence[str] = ()
    records: Mapping[str, Any] = field(default_factory=dict)
    on_site: OnSite = OnSite()


def order_due(application: Application, planned: list[plan.PlannedStep], at: datetime) -> list[Inspection]:
    """Order every visit before the decision whose turn has come; again changes nothing.

    For a locked application, by its plan as it is now; the caller refreshes the queue.
    """
    due = [step for step in planned if step.is_open and step.kind is Kind.INSPECT]
    return [_order(application, step, at) for step in due if step.row is None]


@transaction.atomic
def order_after_issue(
    application: Application, *, anchors: Mapping[str, date], at: datetime
) -> list[Inspection]:
    """Order the visits that follow the issue, due by days such as {"end": …}; again changes nothing."""
    if not application.definition.after_issue:
        return []
    application = lock(application)
    answers = effective_answers(application.definition, application.answers)
    known = dict(anchors)
    if application.submitted_at:
        known["submission"] = timezone.localdate(application.submitted_at)
    asked = [step for step in application.definition.after_issue if holds(step.when, answers)]
    return [_order_after(application, step, known, at) for step in asked]


def visited_before_decision(planned: list[plan.PlannedStep]) -> bool:
    """Whether there were visits to be made before the decision, and all of them passed."""
    visits = [step for step in planned if step.kind is Kind.INSPECT]
    asked = [step for step in visits if step.state is not plan.State.NOT_ASKED]
    return bool(asked) and all(step.state is plan.State.DONE for step in asked)


def passed_after_issue(application: Application) -> list[str]:
    """The visits after issue whose newest report says that they passed."""
    if not plan.may_have_visits(application):
        return []
    visits = Inspection.objects.filter(application=application, after_issue=True).prefetch_related("reports")
    newest = ((visit.step, visit.newest_report) for visit in visits)
    return [step for step, report in newest if report and report.passed]


@transaction.atomic
def report(
    inspection: Inspection,
    passed: bool,
    points: Mapping[str, bool],
    text: str,
    photos: Sequence[str],
    records: Mapping[str, Any] | None = None,
    on_site: OnSite | None = None,
    *,
    actor: Actor,
    at: datetime,
) -> InspectionReport:
    """Report what the inspector saw; `photos` are digests. A failed visit may be followed by another report.

    `records` are the typed answers to what a passed visit records. The same again changes nothing. Raises Closed,
    PointsMissing, PassedWithFaults, FaultsWithoutText, RecordsIncomplete; Inspection.DoesNotExist out of reach.
    """
    actor.require_somewhere(Permission.INSPECT)
    inspection = Inspection.objects.on_which(actor, Permission.INSPECT).get(pk=inspection.pk)
    application = lock(inspection.application)
    require_no_interest(application, actor.person)
    said = Said(
        passed=passed,
        points=dict(points),
        text=text.strip(),
        photos=list(photos),
        records=records or {},
        on_site=on_site or OnSite(),
    )
    _require_sense(inspection, said)
    if same := _reported_already(inspection, said):
        return same
    if not Inspection.objects.open().filter(pk=inspection.pk).exists():
        raise Closed
    return _write(inspection, application, said, actor.person, actor=actor, at=at)


@transaction.atomic
def accept(
    inspection: Inspection, said: Said, inspector: Person, *, actor: Actor, at: datetime
) -> InspectionReport:
    """Let what an inspector sent count as the newest report, though another was made meanwhile.

    The caller has asked whether the actor may decide that. Raises Closed, and what `report` raises of the content.
    """
    application = lock(inspection.application)
    require_no_interest(application, actor.person)
    if not Inspection.objects.wanted().filter(pk=inspection.pk).exists():
        raise Closed
    _require_sense(inspection, said)
    return _write(inspection, application, said, inspector, actor=actor, at=at)


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
        queue.refresh(application, at)
    return ordered


def _checklist(step: InspectStep | InspectionAfterIssue) -> list[dict[str, str]]:
    return [{"id": point, "ar": text.ar, "en": text.en} for point, text in step.checklist.items()]


def _write(
    inspection: Inspection,
    application: Application,
    said: Said,
    inspector: Person,
    *,
    actor: Actor,
    at: datetime,
) -> InspectionReport:
    """Insert the report of a locked application, with what it records and what follows."""
    made = InspectionReport.objects.create(
        inspection=inspection,
        passed=said.passed,
        points=dict(said.points),
        text=said.text,
        photos=list(said.photos),
        inspector=inspector,
        at=at,
        **vars(said.on_site),
    )
    if said.passed and (step := step_of(application, inspection)):
        recording.keep(application, step, inspection.step, said.records, actor=actor, at=at)
    record("report-inspection", inspection, actor=actor, at=at, passed=said.passed)
    queue.refresh(application, at)
    advance_soon(application.pk)
    return made


def _require_sense(inspection: Inspection, said: Said) -> None:
    if set(said.points) != {point["id"] for point in inspection.checklist}:
        raise PointsMissing
    if said.passed and not all(said.points.values()):
        raise PassedWithFaults
    if not said.passed and not said.text:
        raise FaultsWithoutText


def _reported_already(inspection: Inspection, said: Said) -> InspectionReport | None:
    newest = inspection.newest_report
    if newest is None:
        return None
    told = (newest.passed, newest.points, newest.text, newest.photos)
    return newest if told == (said.passed, said.points, said.text, said.photos) else None
