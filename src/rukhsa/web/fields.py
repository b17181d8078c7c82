"""Turns a question, with what was typed and what is wrong with it, into what its field shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from rukhsa.applications.answers import Problem
from rukhsa.catalogue.questions import Question, SlotQuestion
from rukhsa.catalogue.slots import Slot, slot_list
from rukhsa.catalogue.territory import territory
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
    "address": "parts",
    "company": "parts",
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
FEW = 7  # options shown as buttons; more are a list to open


@dataclass(frozen=True, kw_only=True)
class Field:
    """A question on a page."""

    question: Question
    typed: Any
    problem: Problem | None
    parts: tuple["PartField", ...] = ()

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
    def currency(self) -> str:
        """In which an amount is written."""
        return territory().currency

    @property
    def places(self) -> tuple[Slot, ...]:
        """Those among which one is chosen."""
        return slot_list(self.question.of).places if isinstance(self.question, SlotQuestion) else ()

    @property
    def is_long_choice(self) -> bool:
        return self.question.type == "choice" and len(self.question.options) > FEW


@dataclass(frozen=True, kw_only=True)
class PartField:
    """One line of an address or of a company."""

    name: str
    label: Any
    typed: str
    wrong: bool
    is_number: bool
    optional: bool


def field_of(question: Question, typed: Any, problem: Problem | None) -> Field:
    """The field of a question."""
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
    return Field(question=question, typed=typed or "", problem=problem, parts=parts)


def typed_in(posted: QueryDict, questions: tuple[Question, ...]) -> dict[str, Any]:
    """What a form says to those of `questions` that it contained."""
    typed: dict[str, Any] = {}
    for question in questions:
        parts = {
            part.name: posted[f"{question.id}.{part.name}"]
            for part in parts_of(question)
            if f"{question.id}.{part.name}" in posted
        }
        if parts:
            typed[question.id] = parts
        elif question.id in posted:
            typed[question.id] = posted[question.id]
    return typed
