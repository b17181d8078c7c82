"""What happened to an application, as the desk shows it: the newest first, with who did it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act, Stage
from rukhsa.payments.models import Receipt
from rukhsa.review.check import Check
from rukhsa.review.examination import newest_submission
from rukhsa.review.inspection import Inspection
from rukhsa.review.plan import PlannedStep, Rows
from rukhsa.review.referral import Referral, given
from rukhsa.values.names import Text

_ACTS: dict[str, Promise] = {
    Act.SUBMIT: _("Application submitted"),
    Act.RETURN: _p("act", "Returned to applicant"),
    Act.RESUBMIT: _("Resubmitted an application"),
    Act.WITHDRAW: _("Withdrawn"),
    Act.GRANT: _p("act", "Approved"),
    Act.REFUSE: _p("act", "Refused"),
    Act.REOPEN: _("Reopened after an objection"),
    Act.LAPSE: _("Closed because a deadline passed"),
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened: about what, and by whom; None means the system."""

    at: datetime
    what: Promise | str
    about: Text | str = ""
    who: Text | None = None
    note: Promise | str = ""


@dataclass(frozen=True, kw_only=True)
class Course:
    """The rows of one review with their people, read once for everything that a page shows."""

    steps: list[Step]
    checks: list[Check]
    referrals: list[Referral]
    inspections: list[Inspection]

    @property
    def standing(self) -> Rows:
        """The rows that still count."""
        submission = newest_submission(self.steps)
        return Rows(
            steps=self.steps,
            checks=[each for each in self.checks if submission and each.submission_id == submission.pk],
            referrals=[each for each in self.referrals if not each.is_replaced],
            inspections=[each for each in self.inspections if not hasattr(each, "dropped")],
        )


def course_of(application: Application) -> Course:
    """The course of an application's review, in four queries and two for inspection reports."""
    return Course(
        steps=list(application.steps.select_related("actor").order_by("id")),
        checks=list(application.checks.select_related("officer")),
        referrals=referrals_of(application),
        inspections=inspections_of(application),
    )


def referrals_of(application: Application) -> list[Referral]:
    """The referrals, with who asked and who answered."""
    people = (
        "asked_by",
        "opinion__officer",
        "dropped__change__officer",
        "dropped__taken_back_by",
        "silence__officer",
    )
    again = ("more_time__officer", "asked_again__officer")
    found = application.referrals.select_related("agency", *people, *again)
    found = found.with_documents().order_by("asked_at", "number")
    referrals = list(found)
    opinions = [opinion for each in referrals if (opinion := given(each))]
    prefetch_related_objects(opinions, "files")
    conditional = [opinion for opinion in opinions if opinion.answer == "conditions"]
    prefetch_related_objects(conditional, "conditions__rulings__officer")
    return referrals


def inspections_of(application: Application) -> list[Inspection]:
    """The inspections in the order in which they were ordered, with their reports."""
    dropped = ("dropped__change__officer", "dropped__taken_back_by")
    visits = application.inspections.select_related("ordered_by", *dropped).order_by("ordered_at")
    return list(visits.prefetch_related("reports__inspector"))


def history(
    application: Application, course: Course, planned: list[PlannedStep], receipts: Iterable[Receipt]
) -> list[Event]:
    """Everything that happened, the newest first."""
    told = [
        *_steps(application, course.steps),
        *_assignments(application),
        *_checks(course.checks, planned),
        *_referrals(course.referrals),
        *_inspections(course.inspections),
        *(Event(at=receipt.at, what=_("Paid"), about=receipt.number) for receipt in receipts),
    ]
    return sorted(told, key=lambda event: event.at, reverse=True)


def _steps(application: Application, steps: list[Step]) -> Iterator[Event]:
    is_decided = any(step.act in _DECIDING for step in steps)
    decisions = iter(application.decisions.order_by("round") if is_decided else ())
    for step in steps:
        decided = next(decisions, None) if step.act in _DECIDING else None
        yield Event(
            at=step.at,
            what=_ACTS[step.act],
            who=step.actor.name if step.actor else None,
            note=decided.reasons if decided else _why_it_ended(step),
        )


_DECIDING = {Act.GRANT, Act.REFUSE}


def _why_it_ended(step: Step) -> Promise | str:
    if step.act != Act.LAPSE:
        return ""
    was_returned = step.stage_before == Stage.RETURNED
    return (
        _("We closed it because it was not completed in time.")
        if was_returned
        else _("We closed it because it was not paid in time.")
    )


SILENCES: dict[str, Promise] = {
    "go-on": _("Went on without the agency's answer"),
    "wait": _("Gave the agency more time"),
    "ask-another": _("Asked another agency instead"),
}


_OPINIONS: dict[str, Promise] = {
    "no-objection": _("Agency does not object"),
    "conditions": _("Agency does not object, with conditions"),
    "objection": _("Agency objected"),
}


def _assignments(application: Application) -> Iterator[Event]:
    for assignment in application.assignments.select_related("officer"):
        who = assignment.officer.name if assignment.officer else None
        yield Event(at=assignment.at, what=_("Assigned") if who else _("Released: the post ended"), who=who)


def _checks(checks: list[Check], planned: list[PlannedStep]) -> Iterator[Event]:
    names = {step.id: step.name for step in planned}
    for check in checks:
        yield Event(
            at=check.at,
            what=_("Found in order"),
            about=names.get(check.step, check.step),
            who=check.officer.name,
        )


def _referrals(referrals: list[Referral]) -> Iterator[Event]:
    for referral in referrals:
        asker = referral.asked_by.name if referral.asked_by else None
        why = referral.added_because
        yield Event(
            at=referral.asked_at, what=_("Agency asked"), about=referral.agency.name, who=asker, note=why
        )
        yield from _dropped(referral, _("Agency no longer asked: the process has no such step"))
        if silence := getattr(referral, "silence", None):
            yield Event(
                at=silence.at,
                what=SILENCES[silence.act],
                about=referral.agency.name,
                who=silence.officer.name,
                note=silence.reasons,
            )
        if more_time := getattr(referral, "more_time", None):
            yield Event(
                at=more_time.at,
                what=_("Agency took more time"),
                about=referral.agency.name,
                who=more_time.officer.name,
                note=more_time.reason,
            )
        if again := getattr(referral, "asked_again", None):
            yield Event(
                at=again.at,
                what=_("Agency asked again"),
                about=referral.agency.name,
                who=again.officer.name,
                note=again.reason,
            )
        if opinion := given(referral):
            yield Event(
                at=opinion.at,
                what=_OPINIONS[opinion.answer],
                about=referral.agency.name,
                who=opinion.officer.name,
                note=opinion.text,
            )


def _dropped(asked: Referral | Inspection, what: Promise | str) -> Iterator[Event]:
    dropped = getattr(asked, "dropped", None)
    if dropped:
        about = asked.agency.name if isinstance(asked, Referral) else ""
        who, what = dropped.officer.name, what if dropped.change else _("Withdrawn")
        yield Event(at=dropped.at, what=what, about=about, who=who, note=dropped.reason)


def _inspections(inspections: list[Inspection]) -> Iterator[Event]:
    for inspection in inspections:
        orderer = inspection.ordered_by.name if inspection.ordered_by else None
        why = inspection.added_because
        yield Event(at=inspection.ordered_at, what=_("Visit ordered"), who=orderer, note=why)
        yield from _dropped(inspection, _("Visit no longer needed: the process has no such step"))
        for report in inspection.reports.all():
            what = _("Visit passed") if report.passed else _("Visit failed")
            yield Event(at=report.at, what=what, who=report.inspector.name, note=report.text)
