"""Answers: what was typed is read into values, question by question, and each mistake becomes a problem in words."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy

from rukhsa.applications.day import in_language_of_page
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import Definition, with_derived
from rukhsa.catalogue.form import Eligibility, questions_of, unmet
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.places.zone import zones_at
from rukhsa.values.names import Text


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
    return read_some(definition.questions, typed, {}, at=at, definition=definition)


def read_some(
    questions: Iterable[Question],
    typed: Mapping[str, Any],
    known: Mapping[str, Any],
    *,
    at: datetime,
    definition: Definition | None = None,
) -> Reading:
    """Read the answers to some questions, whose conditions may depend on the answers `known` before.

    With the definition, a place is given the zones in which it lies on the day, where a condition asks for them; they
    stay with the answer, as its block does.
    """
    questions = tuple(questions)
    reading = Reading(values=dict(known))
    asks = {question.id: question.ask for question in questions}
    context = Context(on=timezone.localdate(at), values=reading.values, asks=asks)
    zoned = definition.zoned if definition else frozenset()
    for question in questions:
        reading.values.pop(question.id, None)
        given = with_derived(definition, reading.values) if definition else reading.values
        if holds(question.when, given):
            _read_one(question, typed.get(question.id), reading, context)
        place = reading.values.get(question.id)
        if question.id in zoned and isinstance(place, Mapping):
            reading.values[question.id] = {**place, "zones": sorted(zones_at(place, context.on))}
    return reading


def with_recorded(
    definition: Definition, values: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """The applicant's answers, with what the review recorded, which applicants cannot change."""
    recorded = [question.id for question in definition.recorded if question.id in before]
    return {**values, **{id: before[id] for id in recorded}}


def ineligible(
    definition: Definition, reading: Reading, *, about: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """A problem for each rule of eligibility that the answers break, about the last question that the rule names.

    `about`: only problems about these questions. A rule is not judged while one of its answers is missing.
    """
    missing = {problem.about for problem in reading.problems}
    given = with_derived(definition, reading.values)
    broken = unmet(definition.eligible, given, waited_for=missing)
    found = [(_judged_by(definition, rule, reading.values), rule) for rule in broken]
    return tuple(
        Problem(about=question, code="not-eligible", text=_in_words(definition, rule))
        for question, rule in found
        if about is None or question in about
    )


def _in_words(definition: Definition, rule: Eligibility) -> Promise | str:
    otherwise, basis = in_language_of_page(rule.otherwise), rule.legal_basis or definition.on_laws(rule.law)
    if basis == Text():
        return otherwise
    return format_lazy("{} ({})", otherwise, in_language_of_page(basis))


def _judged_by(definition: Definition, rule: Eligibility, values: Mapping[str, Any]) -> str:
    order = [question.id for question in definition.questions]
    named = questions_of(rule)
    return max([id for id in named if id in values] or named, key=order.index)


def _read_one(question: Question, typed: Any, reading: Reading, context: Context) -> None:
    if is_empty(typed):
        if not question.optional:
            reading.problems += (
                Problem(about=question.id, code="answer-missing", text=_shown(question.missing)),
            )
        return
    try:
        reading.values[question.id] = question.read(typed, context)
    except BadAnswer as bad:
        reading.problems += (Problem(about=question.id, code=bad.code, text=_shown(bad.text), part=bad.part),)


# The sentence of a question, put into the language of the page when it is shown.
_shown = lazy(str, str)


def is_empty(typed: Any) -> bool:
    """Whether nothing was typed, in no part of the answer."""
    if isinstance(typed, Mapping):
        return all(is_empty(part) for part in typed.values())
    return typed is None or not str(typed).strip()
