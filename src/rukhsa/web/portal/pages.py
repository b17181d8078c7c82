"""The pages of an application for its applicant: access, their order, and where a question is answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from rukhsa.applications import signatory
from rukhsa.applications.known import documents_wanted, kind_of, typed_for
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue.definition import Definition, asked
from rukhsa.catalogue.form import Section
from rukhsa.catalogue.questions import Question
from rukhsa.review.finding import Finding
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest

# Sections of so many questions join the page before, as long as that has no more than the second number.
SMALL, MOST_ON_A_PAGE = 2, 8
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
    basis: str
    place: Place | None


def sections_of(application: Application) -> list[Section]:
    """The sections that ask at least one question to which eKey does not give the answer."""
    known = typed_for(application, at=timezone.now())
    questions = [each for each in asked(application.definition, application.answers) if each.id not in known]
    return [
        page
        for page in pages_of(application.definition)
        if any(question in questions for question in page.questions)
    ]


def pages_of(definition: Definition) -> list[Section]:
    """The sections as they are asked: a small one stands on the page of the one before, where both fit.

    It depends on the definition alone, so that no page moves while one answers.
    """
    pages: list[Section] = []
    for section in definition.sections:
        together = (*pages[-1].questions, *section.questions) if pages else ()
        if pages and weight_of(section.questions) <= SMALL and weight_of(together) <= MOST_ON_A_PAGE:
            pages[-1] = pages[-1].model_copy(update={"questions": together})
        else:
            pages.append(section)
    return pages


def weight_of(questions: Iterable[Question]) -> int:
    """How much of a page questions fill: one each, a map a whole page, nothing where eKey may answer."""
    asked = [question for question in questions if not kind_of(question)]
    return sum(MOST_ON_A_PAGE if question.is_drawn else 1 for question in asked)


def page_with(application: Application, id: str) -> Section:
    """The page on which the section with this id is asked; raise `Application.DoesNotExist` if there is none."""
    first = next((each for each in application.definition.sections if each.id == id), None)
    if first is None:
        raise Application.DoesNotExist(id)
    return next(page for page in pages_of(application.definition) if first.questions[0] in page.questions)


def headings_of(application: Application, page: Section) -> dict[str, Text]:
    """The titles of the sections that follow the first on a page, by the question before which each stands."""
    return {
        section.questions[0].id: section.title
        for section in application.definition.sections
        if section.id != page.id and section.questions[0] in page.questions
    }


def needs_documents(application: Application) -> bool:
    """Whether any document is asked for."""
    return bool(documents_wanted(application, application.answers))


def first_address(application: Application) -> str:
    """The first page that asks something: of questions, of documents, or the review."""
    sections = sections_of(application)
    if sections:
        return reverse("portal:section", args=[application.pk, sections[0].id])
    name = "portal:documents" if needs_documents(application) else "portal:review"
    return reverse(name, args=[application.pk])


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
    sections = sections_of(application)
    if not sections:
        return reverse("portal:application", args=[application.pk])
    return reverse("portal:section", args=[application.pk, sections[-1].id])


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
    wanted = signatory.wanted_by(application) if about == signatory.ABOUT else []
    if wanted:
        return Place(name=wanted[0], address=reverse("portal:signatories", args=[application.pk]))
    return None


def application_of(request: PortalRequest, pk: UUID) -> Application:
    """The application, if it is the actor's; raise `Application.DoesNotExist`."""
    reached = Application.objects.of_applicant(request.actor).select_related(*_NEEDED)
    return reached.defer(*_KNOWN).get(pk=pk)


def open_findings(application: Application) -> list[FindingShown]:
    """The open findings of a returned application, oldest first; empty in any other stage."""
    if application.stage != Stage.RETURNED:
        return []
    findings = Finding.objects.open().filter(application=application).select_related("reason")
    return [_shown(finding, application) for finding in findings.order_by("id")]


def _shown(finding: Finding, application: Application) -> FindingShown:
    said, place = finding.told(get_language() or "ar"), place_of(application, finding.about)
    return FindingShown(id=finding.pk, about=finding.about, text=said.reasons, basis=said.basis, place=place)


def findings_about(application: Application, ids: Iterable[str]) -> list[FindingShown]:
    """The open findings about some questions or documents."""
    wanted = set(ids)
    return [finding for finding in open_findings(application) if finding.about in wanted]
