"""Turns a question, with what was typed and what is wrong with it, into what its field shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise

from rukhsa.applications.answers import Problem
from rukhsa.catalogue.banks import bank_named, is_of_no_known_bank
from rukhsa.catalogue.questions import Question, SlotQuestion
from rukhsa.catalogue.slots import Slot, slot_list
from rukhsa.catalogue.territory import territory
from rukhsa.places.address import spoken_parts
from rukhsa.values.names import Text
from rukhsa.web.one_line import LINE
from rukhsa.web.parts import parts_of

# Each type of question is shown by one template; types that look alike share it.
TEMPLATES = {
    "text": "line_of_text",
    "long-text": "paragraph",
    "choice": "choice",
    "yes-no": "yes_no",
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "line": "drawing",
    "area": "drawing",
    "parcel": "parcel",
    "address": "parts",
    "company": "parts",
    "identifier": "code",
    "iban": "code",
    "phone": "code",
    "email": "code",
    "personal-number": "code",
    "instrument": "code",
    "decision": "code",
    "money": "money",
    "slot": "slot",
}
INPUT_TYPES = {"phone": "tel", "email": "email"}
_LINES = {"address": (LINE,)}
FEW = 7  # options shown as buttons; more are a list to open


@dataclass(frozen=True, kw_only=True)
class Field:
    """A question on a page."""

    question: Question
    typed: Any
    problem: Problem | None
    parts: tuple["PartField", ...] = ()
    places: tuple["PlaceField", ...] = ()
    hint: Promise | None = None  # what to look at again, which keeps nobody from going on
    takes_line: bool = False

    @property
    def id(self) -> str:
        return f"q-{self.question.id}"

    @property
    def target(self) -> str:
        """The id of the control to which an error leads."""
        if self.question.type in {"choice", "yes-no"} and not self.is_long_choice:
            return f"{self.id}-1"
        wrong = self.problem.part if self.problem else ""
        return f"{self.id}-{wrong or self.parts[0].name}" if self.parts else self.id

    @property
    def template(self) -> str:
        return f"portal/fields/{TEMPLATES[self.question.type]}.html"

    @property
    def input_type(self) -> str:
        return INPUT_TYPES.get(self.question.type, "text")

    @property
    def described_by(self) -> str:
        """The ids of the help and of the error, for assistive technology."""
        ids = [f"{self.id}-help"] if self.question.help else []
        ids += [f"{self.id}-error"] if self.problem else []
        return " ".join(ids)

    @property
    def has_line(self) -> bool:
        """Whether the parts may be given in one line as well."""
        return self.takes_line and self.question.type in _LINES

    @property
    def line(self) -> str:
        """The line as it was typed."""
        return str(self.typed.get(LINE, "")) if isinstance(self.typed, Mapping) else ""

    @property
    def is_line_unread(self) -> bool:
        """Whether the line names no part of an address."""
        return bool(self.line.strip()) and not spoken_parts(self.line)

    @property
    def currency(self) -> str:
        """In which an amount is written."""
        return territory().currency

    @property
    def bank(self) -> Text | None:
        """The bank of the account that was typed, for the person to confirm."""
        is_account = self.question.type == "iban" and isinstance(self.typed, str)
        return bank_named(self.typed) if is_account else None

    @property
    def is_of_no_known_bank(self) -> bool:
        """Whether an account was typed and taken, and nobody can say of which bank it is."""
        return self.question.type == "iban" and is_of_no_known_bank(self.typed)

    @property
    def is_long_choice(self) -> bool:
        return self.question.type == "choice" and len(self.question.options) > FEW


@dataclass(frozen=True, kw_only=True)
class PlaceField:
    """One place of a list, and how many it can still take."""

    place: Slot
    left: int


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
) -> Field:
    """The field of a question; `left` says how many each place can still take, where it asks for one.

    `takes_line`: an address may be given in one line too, by a page that has the button to fill the fields.
    """
    parts = tuple(
        PartField(
            name=part.name,
            label=part.label,
            typed=str(typed.get(part.name, "")) if isinstance(typed, Mapping) else "",
            wrong=bool(problem and problem.part in ("", part.name)),
            is_number=part.is_number,
            optional=part.optional,
        )
        for part in parts_of(question)
    )
    places = slot_list(question.of).places if isinstance(question, SlotQuestion) else ()
    known = left or {}
    return Field(
        question=question,
        typed=typed or "",
        problem=problem,
        parts=parts,
        hint=hint,
        takes_line=takes_line,
        places=tuple(PlaceField(place=each, left=known.get(each.id, each.capacity)) for each in places),
    )


def typed_in(posted: QueryDict, questions: tuple[Question, ...]) -> dict[str, Any]:
    """What a form says to those of `questions` that it contained."""
    typed: dict[str, Any] = {}
    for question in questions:
        names = [part.name for part in parts_of(question)] + list(_LINES.get(question.type, ()))
        parts = {name: posted[f"{question.id}.{name}"] for name in names if f"{question.id}.{name}" in posted}
        if parts:
            typed[question.id] = parts
        elif question.id in posted:
            typed[question.id] = posted[question.id]
    return typed
