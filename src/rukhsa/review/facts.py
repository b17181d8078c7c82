"""What has happened in the review of one application, read at once for the plan."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist

from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act
from rukhsa.catalogue.steps import CheckStep, DecideStep, InspectStep, ReferStep
from rukhsa.catalogue.steps import Step as DefinedStep
from rukhsa.review.models import Check, Decision, Inspection, InspectionReport, Referral


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The rows of one review, by the id of their step; checks are those of the newest submission."""

    submission: Step | None
    checks: dict[str, Check]
    referrals: dict[str, Referral]
    inspections: dict[str, Inspection]
    decision: Decision | None

    def done_at(self, step: DefinedStep) -> datetime | None:
        """When the step was done; None while it is not."""
        match step:
            case CheckStep(check=id):
                return self.checks[id].at if id in self.checks else None
            case ReferStep(refer=id):
                return _answered_at(self.referrals.get(id))
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


def read(application: Application) -> Facts:
    """The facts of the application's review."""
    submission = application.steps.filter(act__in=[Act.SUBMIT, Act.RESUBMIT]).order_by("-id").first()
    checks = application.checks.filter(submission=submission).select_related("officer")
    referrals = application.referrals.select_related("opinion", "opinion__officer", "agency")
    inspections = application.inspections.prefetch_related("reports__inspector").order_by("ordered_at")
    return Facts(
        submission=submission,
        checks={check.step: check for check in checks},
        referrals={referral.step: referral for referral in referrals},
        inspections={inspection.step: inspection for inspection in inspections},
        decision=Decision.objects.filter(application=application).select_related("officer").first(),
    )


def newest_report(inspection: Inspection) -> InspectionReport | None:
    """The report that counts: the last one."""
    return max(inspection.reports.all(), key=lambda report: report.pk, default=None)


def _answered_at(referral: Referral | None) -> datetime | None:
    if referral is None:
        return None
    try:
        return referral.opinion.at
    except ObjectDoesNotExist:
        return None


def _passed_at(inspection: Inspection | None) -> datetime | None:
    report = newest_report(inspection) if inspection else None
    return report.at if report and report.passed else None
