"""The order of the pages of an application: its sections, the documents, the review."""

from dataclasses import dataclass

from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import asked, wanted
from rukhsa.catalogue.form import Section
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Position:
    """Which page of how many this is, and the one before it."""

    number: int
    total: int
    back: str


def sections_of(application: Application) -> list[Section]:
    """The sections in which at least one question is asked."""
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
    """Where a complete section leads."""
    sections = sections_of(application)
    place = sections.index(section) + 1 if section in sections else len(sections)
    if place < len(sections):
        return reverse("portal:section", args=[application.pk, sections[place].id])
    name = "portal:documents" if needs_documents(application) else "portal:review"
    return reverse(name, args=[application.pk])


def position_of(application: Application, section: Section) -> Position:
    """Where a section stands among the pages."""
    sections = sections_of(application)
    place = sections.index(section) if section in sections else 0
    if place:
        back = reverse("portal:section", args=[application.pk, sections[place - 1].id])
    else:
        back = reverse("portal:application", args=[application.pk])
    return Position(number=place + 1, total=pages_in(application), back=back)


def pages_in(application: Application) -> int:
    """How many pages there are, the review included."""
    return len(sections_of(application)) + needs_documents(application) + 1


def last_section_address(application: Application) -> str:
    """The page before the documents."""
    return reverse("portal:section", args=[application.pk, sections_of(application)[-1].id])


@dataclass(frozen=True, kw_only=True)
class Place:
    """A question or a document: what it is called, and where it is answered."""

    name: Text
    address: str


def place_of(application: Application, about: str) -> Place | None:
    """Where the question or the document of that id is answered; None for what is about the whole."""
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
