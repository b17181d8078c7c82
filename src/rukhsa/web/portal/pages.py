"""The pages of an application for its applicant: access, their order, and where a question is answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue.definition import asked, wanted
from rukhsa.catalogue.form import Section
from rukhsa.review.finding import Finding
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest

_NEEDED = ("service_version", "authority", "company", "applicant")
# Long, and cached by the process: a definition is read from the database once.
_KNOWN = ("service_version__source_text", "service_version__meaning")


@dataclass(frozen=True, kw_only=True)
class Position:
    """The number of a page, the total, and the address of the page before."""

    number: int
    total: int
    back: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """The name of a question or document, and the address where it is answered."""

    name: Text
    address: str


@dataclass(frozen=True, kw_only=True)
class FindingShown:
    """A finding with the place it is about; no place when it is about the whole application."""

    id: int
    about: str
    text: str
    place: Place | None


def sections_of(application: Application) -> list[Section]:
    """The sections that ask at least one question."""
    questions = asked(application.definition, application.answers)
    return [
        section
        for section in application.definition.sections
        if any(question in questions for question in section.questions)
    ]


def needs_documents(application: Application) -> bool:
    """Whether any document is asked for."""
    return bool(wanted(application.definition, application.answers))


def next_address(application: Application, section: Section) -> str:
    """The page after a complete section."""
    sections = sections_of(application)
    place = sections.index(section) + 1 if section in sections else len(sections)
    if place < len(sections):
        return reverse("portal:section", args=[application.pk, sections[place].id])
    name = "portal:documents" if needs_documents(application) else "portal:review"
    return reverse(name, args=[application.pk])


def position_of(application: Application, section: Section) -> Position:
    """The position of a section among the pages."""
    sections = sections_of(application)
    place = sections.index(section) if section in sections else 0
    if place:
        back = reverse("portal:section", args=[application.pk, sections[place - 1].id])
    else:
        back = reverse("portal:application", args=[application.pk])
    return Position(number=place + 1, total=pages_in(application), back=back)


def pages_in(application: Application) -> int:
    """The number of pages, the review included."""
    return len(sections_of(application)) + needs_documents(application) + 1


def last_section_address(application: Application) -> str:
    """The last section, which comes before the documents."""
    return reverse("portal:section", args=[application.pk, sections_of(application)[-1].id])


def place_of(application: Application, about: str) -> Place | None:
    """The place of the question or document with this id; None if there is none."""
    for section in application.definition.sections:
        for question in section.questions:
            if question.id == about:
                address = reverse("portal:section", args=[application.pk, section.id])
                return Place(name=question.ask, address=f"{address}#block-{about}")
    for document in application.definition.documents:
        if document.id == about:
            address = reverse("portal:documents", args=[application.pk])
            return Place(name=document.name, address=f"{address}#d-{about}")
    return None


def application_of(request: PortalRequest, pk: UUID) -> Application:
    """The application, if it is the actor's; raise `Application.DoesNotExist`."""
    reached = Application.objects.of_applicant(request.actor).select_related(*_NEEDED)
    return reached.defer(*_KNOWN).get(pk=pk)


def open_findings(application: Application) -> list[FindingShown]:
    """The open findings of a returned application, oldest first; empty in any other stage."""
    if application.stage != Stage.RETURNED:
        return []
    findings = Finding.objects.open().filter(application=application).order_by("id")
    return [
        FindingShown(id=one.pk, about=one.about, text=one.text, place=place_of(application, one.about))
        for one in findings
    ]


def findings_about(application: Application, ids: Iterable[str]) -> list[FindingShown]:
    """The open findings about some questions or documents."""
    wanted = set(ids)
    return [finding for finding in open_findings(application) if finding.about in wanted]
