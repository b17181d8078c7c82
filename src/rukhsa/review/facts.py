"""What has happened in the review of one application, read at once for the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist

from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act, Stage
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.steps import CheckStep, DecideStep, InspectStep, ReferStep
from rukhsa.catalogue.steps import Step as DefinedStep
from rukhsa.review.deadlines import Pause
from rukhsa.review.models import (
    Beginning,
    Check,
    Decision,
    Inspection,
    InspectionReport,
    Proposal,
    Referral,
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The rows of one review, by the id of their step; checks are those of the newest submission.

    The clock runs from `begun_at`, and stands still in the `pauses` while the applicant has it.
    """

    submission: Step | None
    begun_at: datetime | None
    round: int
    pauses: tuple[Pause, ...]
    checks: dict[str, Check]
    referrals: dict[str, Referral]
    inspections: dict[str, Inspection]
    decision: Decision | None
    proposal: Proposal | None

    def done_at(self, step: DefinedStep) -> datetime | None:
        """When the step was done; None while it is not."""
        match step:
            case CheckStep(check=id):
                return self.checks[id].at if id in self.checks else None
            case ReferStep(refer=id):
                return answered_at(self.referrals.get(id))
            case InspectStep(inspect=id):
                return _passed_at(self.inspections.get(id))
            case DecideStep():
                return self.decision.at if self.decision else None

    def row(self, step: DefinedStep) -> Check | Referral | Inspection | Decision | None:
        """The row that stands for the step."""
        match step:
            case CheckStep(check=id):
                return self.checks.get(id)
            case ReferStep(refer=id):
                return self.referrals.get(id)
            case InspectStep(inspect=id):
                return self.inspections.get(id)
            case DecideStep():
                return self.decision


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What tells the facts: the acts in their order, every check, the referrals and visits that were not dropped."""

    steps: Sequence[Step]
    checks: Iterable[Check]
    referrals: Iterable[Referral]
    inspections: Iterable[Inspection]


def read(application: Application) -> Facts:
    """The facts of the application's review, without the people in them: only a proposal comes with its officer."""
    rows = Rows(
        steps=list(application.steps.order_by("id")),
        checks=_checks(application),
        referrals=_referrals(application),
        inspections=_inspections(application),
    )
    return told_by(rows, application)


def told_by(rows: Rows, application: Application) -> Facts:
    """The facts of the application's review, where its rows are read already."""
    submission = _last(rows.steps, *_SUBMISSIONS)
    checks = [each for each in rows.checks if submission and each.submission_id == submission.pk]
    return Facts(
        submission=submission,
        begun_at=_begun_at(application, rows.steps),
        round=round_of(rows.steps),
        pauses=pauses_in(rows.steps),
        checks={check.step: check for check in checks},
        referrals={referral.step: referral for referral in rows.referrals},
        inspections={inspection.step: inspection for inspection in rows.inspections},
        decision=standing_decision(application),
        proposal=standing_proposal(application, submission),
    )


# Of what no step of the process asks for nothing is read: this is done at every turn of a review.
def _checks(application: Application) -> Iterable[Check]:
    return application.checks.all() if _asks_for(application, CheckStep) else ()


def _referrals(application: Application) -> Iterable[Referral]:
    if not _asks_for(application, ReferStep):
        return ()
    return application.referrals.filter(dropped=None).select_related("opinion")


def _inspections(application: Application) -> Iterable[Inspection]:
    if not _asks_for(application, InspectStep) and not application.definition.after_issue:
        return ()
    inspections = application.inspections.filter(dropped=None).prefetch_related("reports")
    return inspections.order_by("ordered_at")


def _asks_for(application: Application, kind: type[DefinedStep]) -> bool:
    return any(isinstance(step, kind) for step in application.definition.steps)


_SUBMISSIONS = (Act.SUBMIT, Act.RESUBMIT, Act.REOPEN)


def round_of(steps: Iterable[Step]) -> int:
    """Which examination this is, counted from 1: each reconsideration begins another."""
    return 1 + sum(step.act == Act.REOPEN for step in steps)


def standing_decision(application: Application) -> Decision | None:
    """The decision that stands; None while the application is open, for the first time or again."""
    if application.stage not in {Stage.GRANTED, Stage.REFUSED}:
        return None
    decisions = Decision.objects.filter(application=application).select_related("officer", "sitting")
    return decisions.order_by("-round").first()


def standing_proposal(application: Application, submission: Step | None) -> Proposal | None:
    """What the first of two officers proposed upon the newest submission and nobody disagreed with."""
    if application.definition.decision.decide != "two officers":
        return None
    proposals = application.proposals.filter(submission=submission, disagreement=None)
    return proposals.select_related("officer").order_by("-id").first()


def pauses_of(application: Application) -> tuple[Pause, ...]:
    """The times in which the application was with the applicant again, in order."""
    return pauses_in(application.steps.order_by("id"))


def _last(steps: Sequence[Step], *acts: str) -> Step | None:
    return next((step for step in reversed(steps) if step.act in acts), None)


def _begun_at(application: Application, steps: Sequence[Step]) -> datetime | None:
    """When this examination began: at the submission, or once that is paid for, or when it was reopened."""
    first = _last(steps, Act.SUBMIT, Act.REOPEN)
    if first is None or first.act == Act.REOPEN or not is_paid_first(application.definition):
        return first.at if first else None
    begun = Beginning.objects.filter(submission=first).first()
    return begun.at if begun else None


def pauses_in(steps: Iterable[Step]) -> tuple[Pause, ...]:
    """The times between a return and the answer to it, in these steps of one application."""
    found: list[Pause] = []
    returned: datetime | None = None
    for step in steps:
        if step.act == Act.RETURN:
            returned = step.at
        elif returned and step.act == Act.RESUBMIT:
            found, returned = [*found, Pause(start=returned, end=step.at)], None
    return tuple(found)


def is_paid_first(definition: Definition) -> bool:
    """Whether something is due before the review begins."""
    return any(charge.due == "at submission" for charge in definition.charges)


def newest_report(inspection: Inspection) -> InspectionReport | None:
    """The report that counts: the last one."""
    return max(inspection.reports.all(), key=lambda report: report.pk, default=None)


def answered_at(referral: Referral | None) -> datetime | None:
    """When the agency answered; None while it has not, and where it was not asked."""
    if referral is None:
        return None
    try:
        return referral.opinion.at
    except ObjectDoesNotExist:
        return None


def is_passed(inspection: Inspection) -> bool:
    """Whether any report said so: nobody waits for another."""
    return any(report.passed for report in inspection.reports.all())


def _passed_at(inspection: Inspection | None) -> datetime | None:
    report = newest_report(inspection) if inspection else None
    return report.at if report and report.passed else None
