"""What the officer found wrong and the applicant has still to answer."""

from collections.abc import Iterable

from rukhsa.applications.models import Application
from rukhsa.review.models import Finding


def open_findings(application: Application) -> list[Finding]:
    """The findings of a returned application, in the order in which they were noted."""
    return list(Finding.objects.open().filter(application=application).order_by("id"))


def findings_about(application: Application, ids: Iterable[str]) -> list[Finding]:
    """Those of them about some questions or documents."""
    wanted = set(ids)
    return [finding for finding in open_findings(application) if finding.about in wanted]
