"""Plausible answers along a path: what an applicant might type to each question."""

from collections.abc import Iterable, Mapping
from typing import Any

from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.difference.paths import Answers
from rukhsa.difference.turnings import ANSWERED


def answers_along(definition: Definition, chosen: Answers, setting: Setting) -> dict[str, Any]:
    """The answers along a path: those chosen, and plausible ones to every other question that is asked."""
    return typed_to(definition.questions, {}, chosen, setting)


def typed_to(
    questions: Iterable[Question], given: Mapping[str, Any], chosen: Answers, setting: Setting
) -> dict[str, Any]:
    """The answers to those of the questions that are asked after the answers `given`."""
    typed: dict[str, Any] = {}
    given = dict(given)
    for question in questions:
        if not holds(question.when, given):
            continue
        value = chosen.get(question.id)
        if question.optional and value is None and (question.id in chosen or setting.number % 2):
            continue
        typed[question.id] = question.plausible(None if value == ANSWERED else value, setting, typed)
        given[question.id] = typed[question.id] if value is None else value
    return typed
