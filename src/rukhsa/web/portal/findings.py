"""What the officer found wrong and the applicant has still to answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.review.finding import Finding
from rukhsa.web.portal.path import Place, place_of


@dataclass(frozen=True, kw_only=True)
class FindingShown:
    """A finding, and the question or document that it is about; none when it is about the whole."""

    about: str
    text: str
    place: Place | None


def open_findings(application: Application) -> list[FindingShown]:
    """The findings of a returned application, in the order in which they were noted; no other has any open."""
    if application.stage != Stage.RETURNED:
        return []
    findings = Finding.objects.open().filter(application=application).order_by("id")
    return [
        FindingShown(about=one.about, text=one.text, place=place_of(application, one.about))
        for one in findings
    ]


def findings_about(application: Application, ids: Iterable[str]) -> list[FindingShown]:
    """Those of them about some questions or documents."""
    wanted = set(ids)
    return [finding for finding in open_findings(application) if finding.about in wanted]
