"""The facts of many reviews, read in the statements of one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from rukhsa.applications.models import Application, Step
from rukhsa.review.check import Check
from rukhsa.review.examination import Beginning, newest_submission
from rukhsa.review.inspection import Inspection
from rukhsa.review.plan import Facts, Rows, facts_of
from rukhsa.review.referral import Referral


def read_each(applications: Sequence[Application]) -> dict[UUID, Facts]:
    """The facts of each review by its application, as `plan.read` gives them; six statements for open ones."""
    here = {"application__in": [each.pk for each in applications]}
    steps = _by_application(applications, Step.objects.filter(**here).order_by("id"))
    checks = _by_application(applications, Check.objects.filter(**here))
    referrals = _by_application(applications, Referral.objects.standing().filter(**here))
    visits = Inspection.objects.filter(**here, dropped=None).prefetch_related("reports")
    inspections = _by_application(applications, visits.order_by("ordered_at"))
    begun = dict(
        Beginning.objects.filter(submission__application__in=here["application__in"]).values_list(
            "submission", "at"
        )
    )
    return {
        each.pk: facts_of(
            each,
            Rows(
                steps=steps[each.pk],
                checks=_of_newest(checks[each.pk], steps[each.pk]),
                referrals=referrals[each.pk],
                inspections=inspections[each.pk],
                begun=begun,
            ),
        )
        for each in applications
    }


def _of_newest(checks: Iterable[Check], steps: Sequence[Step]) -> list[Check]:
    submission = newest_submission(steps)
    return [each for each in checks if submission and each.submission_id == submission.pk]


def _by_application(applications: Iterable[Application], found: Iterable[Any]) -> dict[UUID, list[Any]]:
    """Rows by their application, which each is given, so that none reads its own again."""
    known, rows = {each.pk: each for each in applications}, defaultdict[UUID, list[Any]](list)
    for each in found:
        each.application = known[each.application_id]
        rows[each.application_id].append(each)
    return rows
