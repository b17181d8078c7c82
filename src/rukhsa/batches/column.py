"""The columns of a service's spreadsheet: made of its definition, one for each part of a question and each document."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from rukhsa.applications.known import typed_for
from rukhsa.applications.models import Application
from rukhsa.catalogue.questions import Question
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits

LANGUAGES: Final = ("ar", "en")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: of a question, of a part of one, or of a document, in which the name of a file is written."""

    about: str
    heading: Text
    question: Question | None = None  # None for a document
    part: str = ""
    optional: bool = False
    help: Text | None = None

    @property
    def key(self) -> str:
        """Its name where nothing is translated, which is read as a heading too."""
        return f"{self.about}.{self.part}" if self.part else self.about

    @property
    def allowed(self) -> Mapping[str, Text]:
        """The values that it takes, by what is stored for each; empty where it takes anything."""
        return self.question.cells if self.question and not self.part else {}

    def typed(self, cell: str) -> str:
        """What was written, as a form would send it; what is not understood stays as it is, and is refused later."""
        if self.question is None or self.part:
            return cell
        by_name = {
            folded(name): id for id, text in self.allowed.items() for name in (id, text.ar, text.en) if name
        }
        if not by_name:
            return self.question.from_cell(cell)
        if self.question.takes_several and folded(cell) not in by_name:
            return self.question.from_cell(
                ";".join(by_name.get(folded(each), each) for each in re.split(r"[،,;؛\n]", cell))
            )
        return by_name.get(folded(cell), cell)


def columns_of(application: Application, *, at: Any) -> list[Column]:
    """The columns for this applicant: what eKey tells of them is not asked."""
    definition, known = application.definition, typed_for(application, at=at)
    questions = [each for each in definition.questions if each.id not in known]
    return [column for question in questions for column in _of_question(question)] + [
        Column(
            about=document.id,
            heading=_both(_file_of, document.name),
            optional=True,  # one file for all may stand in its place
            help=document.help,
        )
        for document in definition.documents
    ]


def _of_question(question: Question) -> Iterator[Column]:
    optional = question.optional or question.when is not None
    if not question.parts:
        yield Column(
            about=question.id, question=question, heading=question.ask, optional=optional, help=question.help
        )
    for part in question.parts:
        labels = _both(lambda label: str(label), part.label)
        yield Column(
            about=question.id,
            part=part.name,
            question=question,
            heading=Text(ar=f"{question.ask.ar} – {labels.ar}", en=f"{question.ask.en} – {labels.en}"),
            optional=optional or part.optional,
        )


def found(columns: Sequence[Column], heading: str) -> Column | None:
    """The column of a heading, in either language or by its key; None for one that the service does not have."""
    wanted = folded(heading)
    for column in columns:
        if wanted in {folded(column.key), folded(column.heading.ar), folded(column.heading.en)}:
            return column
    return None


def folded(text: str) -> str:
    """A text as it is compared: without case, marks of direction, the star of a needed answer, and extra spaces."""
    plain = re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff*؟?]", "", latin_digits(text))
    return " ".join(plain.casefold().split())


def _both(say: Any, given: Any) -> Text:
    told = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = say(given)
    return Text(**told)


def _file_of(name: Text) -> str:
    return _("File: {name}").format(name=name.in_language(translation.get_language() or "ar"))
