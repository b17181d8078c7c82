"""The possible answers to the questions of a definition, and examples of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rukhsa.catalogue.conditions import AllOf, AnyOf, Comparison, Condition, Not
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.reasoning.cells import ANY, Cells, cells_of
from rukhsa.catalogue.reasoning.formulas import (
    ALWAYS,
    Every,
    Formula,
    every,
    negated,
    questions_of,
    some,
    within,
)
from rukhsa.catalogue.reasoning.solver import solve
from rukhsa.values.names import Text

AUTHORITY = "issuing authority"
"""What is not asked and differs all the same; no question can have this id."""


MOST_ZONES = 6
"""Zones of one place that conditions may name: the compiler looks at each set of them."""


def zones_of(question: str) -> str:
    """The name under which the zones of a place are reasoned about; no question can have this id."""
    return f"{question}: zones"


@dataclass(frozen=True, kw_only=True)
class Example:
    """Answers that make something happen: of the questions that matter to it, in the order in which they are asked."""

    answers: Mapping[str, Any]

    @property
    def in_words(self) -> Text:
        """The answers in one line: "area = 50, use = other"."""
        return Text(
            en=", ".join(
                _in_words(id, answer, "any answer", "no answer") for id, answer in self.answers.items()
            )
            or "whatever is answered",
            ar="، ".join(
                _in_words("الجهة المصدرة" if id == AUTHORITY else id, answer, "أي جواب", "بلا جواب")
                for id, answer in self.answers.items()
            )
            or "أيًّا كانت الأجوبة",
        )


def _in_words(id: str, answer: Any, any_answer: str, no_answer: str) -> str:
    if answer is None or answer == ANY:
        return f"{id} = {no_answer if answer is None else any_answer}"
    return f"{id} = {answer['measure'] if isinstance(answer, Mapping) else answer}"


@dataclass(kw_only=True)
class Possible:
    """The questions in order, and under which conditions each is answered.

    `answered_when` has the conditions that must all hold for a question to be asked.
    """

    questions: Mapping[str, Question]
    answered_when: Mapping[str, tuple[Condition | None, ...]]
    compared: Mapping[str, Iterable[Comparison]]
    others: Mapping[str, Cells] = field(default_factory=dict)

    @cached_property
    def cells(self) -> dict[str, Cells]:
        """The cells of every question, and of what else makes a difference."""
        asked = {id: cells_of(question, self.compared.get(id, ())) for id, question in self.questions.items()}
        return asked | dict(self.others)

    @cached_property
    def rules(self) -> dict[str, Formula]:
        """For every question: it is answered exactly when it is asked, or may be left out if it is optional."""
        return {id: self._rule(question) for id, question in self.questions.items()} | dict.fromkeys(
            self.others, ALWAYS
        )

    @cached_property
    def _depends_on(self) -> dict[str, set[str]]:
        return {id: questions_of(rule) for id, rule in self.rules.items()}

    def says(self, condition: Condition | None) -> Formula:
        """The condition as a formula; no condition always holds."""
        match condition:
            case None:
                return ALWAYS
            case AllOf():
                return every(self.says(part) for part in condition.all)
            case AnyOf():
                return some(self.says(part) for part in condition.any)
            case Not():
                return negated(self.says(condition.not_))
            case Comparison(zone=str(zone)):
                zones = self.others[zones_of(condition.question)]
                inside = sum(1 << bit for bit, each in enumerate(zones.answers) if zone in each.split())
                lies = within(zones_of(condition.question), inside, zones.answered)
                return every((lies, self.answered(condition.question)))
            case Comparison():
                cells = self.cells[condition.question]
                return within(condition.question, cells.where(condition), cells.all)

    def answered(self, question: str) -> Formula:
        """The question has an answer."""
        cells = self.cells[question]
        return within(question, cells.answered, cells.all)

    def example(self, *formulas: Formula, given: Formula = ALWAYS) -> Example | None:
        """Possible answers for which all formulas hold, None when there are none. Raises TooHard.

        `given` must be possible by itself: only its parts that share questions with the formulas are used.
        """
        relevant, formulas = self._with_given(formulas, given)
        asked = [id for id in self.cells if id in relevant]
        cells = {id: self._all(id) for id in asked}
        wanted = every(formulas)
        rules = [(self.rules[id], self._depends_on[id]) for id in asked]
        found = solve([(wanted, questions_of(wanted)), *rules], cells)
        if found is None:
            return None
        return Example(answers={id: self.cells[id].choose(found[id]) for id in asked})

    def _all(self, id: str) -> int:
        return self.cells[id].answered if id in self.others else self.cells[id].all

    def _rule(self, question: Question) -> Formula:
        put = every(self.says(when) for when in self.answered_when.get(question.id, ()))
        answered = self.answered(question.id)
        left_out = negated(answered)
        if question.optional:
            return some((put, left_out))
        return every((some((negated(put), answered)), some((put, left_out))))

    def _with_given(
        self, formulas: tuple[Formula, ...], given: Formula
    ) -> tuple[set[str], tuple[Formula, ...]]:
        relevant = self._closure(formulas)
        waiting = {
            part: self._closure([part]) for part in (given.parts if isinstance(given, Every) else (given,))
        }
        while near := [part for part, questions in waiting.items() if questions & relevant]:
            for part in near:
                relevant |= waiting.pop(part)
                formulas = (*formulas, part)
        return relevant, formulas

    def _closure(self, formulas: Iterable[Formula]) -> set[str]:
        """The questions of the formulas, and those that decide whether these are asked."""
        found: set[str] = set()
        waiting = {id for formula in formulas for id in questions_of(formula)}
        while waiting:
            found |= waiting
            waiting = {other for id in waiting for other in self._depends_on[id]} - found
        return found
