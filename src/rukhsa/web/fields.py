"""Turns a question, with what was typed and what is wrong with it, into what its field shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise

from rukhsa.applications.answers import Problem
from rukhsa.applications.merge import Clash
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.question import Part
from rukhsa.places.address import spoken_parts
from rukhsa.values.names import Text
from rukhsa.web.one_line import LINE


@dataclass(frozen=True, kw_only=True)
class Field:
    """A question on a page."""

    question: Question
    typed: Any
    problem: Problem | None
    parts: tuple["PartField", ...] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)  # what else the template of its type shows
    hint: Promise | None = None  # what to look at again, which refuses nothing
    takes_line: bool = False
    heading: Text | None = None  # of the section that begins with it, on a page of several
    offers: Sequence[Any] = ()  # earlier answers to choose from
    showed: Sequence[tuple[str, str]] = ()  # the print of what each of its fields is based on (merge.py)
    clashes: Sequence[tuple[Clash, Any]] = ()  # what another page changed, with the name of the field

    @property
    def id(self) -> str:
        return f"q-{self.question.id}"

    @property
    def target(self) -> str:
        """The id of the control to which an error leads."""
        if self.question.has_buttons:
            return f"{self.id}-1"
        wrong = [part.name for part in self.parts if part.wrong] or [part.name for part in self.parts]
        return f"{self.id}-{wrong[0]}" if wrong else self.id

    @property
    def template(self) -> str:
        return f"portal/fields/{self.question.template}.html"

    @property
    def described_by(self) -> str:
        """The ids of the help and of the error, for assistive technology."""
        ids = [f"{self.id}-help"] if self.question.help else []
        ids += [f"{self.id}-error"] if self.problem else []
        return " ".join(ids)

    @property
    def has_line(self) -> bool:
        """Whether the parts may be given in one line as well."""
        return self.takes_line and self.question.takes_line

    @property
    def line(self) -> str:
        """The line as it was typed."""
        return str(self.typed.get(LINE, "")) if isinstance(self.typed, Mapping) else ""

    @property
    def is_line_unread(self) -> bool:
        """Whether the line names no part of an address."""
        return bool(self.line.strip()) and not spoken_parts(self.line)


@dataclass(frozen=True, kw_only=True)
class PartField:
    """One line of an address or of a company."""

    name: str
    label: Any
    typed: str
    wrong: bool
    is_number: bool
    optional: bool


def field_of(
    question: Question,
    typed: Any,
    problem: Problem | None,
    *,
    left: Mapping[str, int] | None = None,
    hint: Promise | None = None,
    takes_line: bool = False,
    showed: Sequence[tuple[str, str]] = (),
    clashes: Sequence[tuple[Clash, Any]] = (),
) -> Field:
    """The field of a question; `left` says how many each place can still take, where it asks for one.

    `takes_line`: an address may be given in one line too, by a page that has the button to fill the fields.
    """
    typed = question.in_control(typed) if typed else typed
    parts = tuple(
        PartField(
            name=part.name,
            label=part.label,
            typed=str(typed.get(part.name, "")) if isinstance(typed, Mapping) else "",
            wrong=_is_wrong(part, typed, problem),
            is_number=part.is_number,
            optional=part.optional,
        )
        for part in question.parts
    )
    return Field(
        question=question,
        typed=typed or "",
        problem=problem,
        parts=parts,
        hint=hint,
        takes_line=takes_line,
        beside=question.beside(typed or "", left or {}),
        showed=showed,
        clashes=clashes,
    )


def _is_wrong(part: Part, typed: Any, problem: Problem | None) -> bool:
    """Whether a problem is about this part: one about the whole answer is about the parts that still need something."""
    if problem is None or problem.part:
        return problem is not None and problem.part == part.name
    return problem.code != "answer-missing" or not part.optional


def typed_in(posted: QueryDict, questions: tuple[Question, ...]) -> dict[str, Any]:
    """What a form says to those of `questions` that it contained."""
    typed: dict[str, Any] = {}
    for question in questions:
        names = [part.name for part in question.parts] + ([LINE] if question.takes_line else [])
        parts = {name: posted[f"{question.id}.{name}"] for name in names if f"{question.id}.{name}" in posted}
        if parts:
            typed[question.id] = parts
        elif question.id in posted:
            # A box that is not ticked is not sent; an empty field beside it says that it was asked.
            several = question.takes_several
            sent = [each for each in posted.getlist(question.id) if each]
            typed[question.id] = " ".join(sent) if several else (sent or [""])[-1]
    return typed
