"""Reads what was typed into values, question by question, and says in words what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.reading import READERS, BadAnswer, Context
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions import Question


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one answer or document, and what to do about it."""

    about: str  # the id of a question or of a document
    code: str
    text: Promise | str
    part: str = ""  # of an address or a company


@dataclass(kw_only=True)
class Reading:
    """The values of the right answers, and a problem for each of the others."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_all(definition: Definition, typed: Mapping[str, Any], *, at: datetime) -> Reading:
    """Read the answers in the order in which they are asked; hidden questions count as not answered."""
    reading = Reading()
    context = Context(on=timezone.localdate(at), values=reading.values)
    for question in definition.questions:
        if holds(question.when, reading.values):
            _read_one(question, typed.get(question.id), reading, context)
    return reading


def _read_one(question: Question, typed: Any, reading: Reading, context: Context) -> None:
    if _is_empty(typed):
        if not question.optional:
            reading.problems += (
                Problem(about=question.id, code="answer-missing", text=_("Answer this question.")),
            )
        return
    try:
        reading.values[question.id] = READERS[question.type](question, typed, context)
    except BadAnswer as bad:
        reading.problems += (Problem(about=question.id, code=bad.code, text=bad.text, part=bad.part),)


def _is_empty(typed: Any) -> bool:
    if isinstance(typed, Mapping):
        return all(_is_empty(part) for part in typed.values())
    return typed is None or not str(typed).strip()
