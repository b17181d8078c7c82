"""What the checks work on: a definition with its text, in its territory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

from rukhsa.catalogue.charges import ChargeRow
from rukhsa.catalogue.conditions import Comparison, Condition, comparisons
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.problems import NOTHING, DefinitionProblem
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.reasoning.cells import Cells
from rukhsa.catalogue.reasoning.formulas import Formula, every, within
from rukhsa.catalogue.reasoning.possible import AUTHORITY, MOST_ZONES, Possible, zones_of
from rukhsa.catalogue.reasoning.solver import TooHard
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import DecideStep, Step, recorded_by
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A condition, where it stands, and how many questions are asked before it."""

    condition: Condition
    path: PathInFile
    after: int


@dataclass(kw_only=True)
class Subject:
    """One definition, read and placed in its territory."""

    reading: Reading[Definition]
    territory: Territory
    on: date | None = (
        None  # the day on which it takes effect; without one, nothing that depends on a day is checked
    )

    @property
    def definition(self) -> Definition:
        """The definition itself."""
        return self.reading.value

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions by their ids: those that are asked, then those that the review records.

        A derived value stands behind the last of its parts.
        """
        found: dict[str, Question] = {}
        for question in (*self.definition.questions, *self.definition.recorded):
            found[question.id] = question
            for each in self.definition.derived:
                if question.id in each.parts and each.id not in found and found.keys() >= set(each.parts):
                    found[each.id] = each.as_question(tuple(found.values()))
        return found

    @cached_property
    def recorded(self) -> dict[str, tuple[int, Step]]:
        """The questions that the review records: the place of the stretch, and the step."""
        return {
            question.id: (number, step)
            for number, stretch in enumerate(self.definition.stretches)
            for step in stretch
            for question in recorded_by(step)
        }

    def answered_when(self, question: Question) -> tuple[Condition | None, ...]:
        """The conditions under which a question is answered: its own, and that of the step that records it."""
        for each in self.definition.derived:
            if each.id == question.id:
                return tuple(Comparison(question=part, answered="yes") for part in each.parts)
        _, step = self.recorded.get(question.id, (0, None))
        return (question.when, None if step is None or isinstance(step, DecideStep) else step.when)

    @cached_property
    def question_paths(self) -> dict[str, PathInFile]:
        """Where each question stands."""
        asked: dict[str, PathInFile] = {
            question.id: ("sections", place, "questions", index)
            for place, section in enumerate(self.definition.sections)
            for index, question in enumerate(section.questions)
        }
        asked |= {each.id: ("derived", index) for index, each in enumerate(self.definition.derived)}
        return asked | {
            question.id: (*path, "records", index)
            for path, step in self.step_paths
            for index, question in enumerate(recorded_by(step))
        }

    @cached_property
    def step_paths(self) -> tuple[tuple[PathInFile, Step], ...]:
        """Every step of the review, and where it stands."""
        return tuple(
            (("review", index, place) if isinstance(stretch, tuple) else ("review", index), step)
            for index, stretch in enumerate(self.definition.review)
            for place, step in enumerate(stretch if isinstance(stretch, tuple) else (stretch,))
        )

    @cached_property
    def conditions(self) -> tuple[Placed, ...]:
        """Every condition of the definition."""
        return tuple(self._conditions())

    @cached_property
    def comparisons(self) -> dict[str, list[Comparison]]:
        """Every comparison with the answer to each question."""
        found: dict[str, list[Comparison]] = {id: [] for id in self.questions}
        for placed in self.conditions:
            for each in comparisons(placed.condition):
                found.setdefault(each.question, []).append(each)
        return found

    @cached_property
    def possible(self) -> Possible:
        """The possible answers to the questions."""
        return Possible(
            questions=self.questions,
            answered_when={id: self.answered_when(question) for id, question in self.questions.items()},
            compared=self.comparisons,
            others={AUTHORITY: Cells(question=AUTHORITY, answers=self._authorities), **self._zones},
        )

    @property
    def _zones(self) -> dict[str, Cells]:
        """The sets of zones in which the place of each question may lie: an address may lie in several."""
        found: dict[str, Cells] = {}
        for id, compared in self.comparisons.items():
            zones = sorted({each.zone for each in compared if each.zone})
            if len(zones) > MOST_ZONES:
                raise TooHard
            if zones:
                sets = [
                    " ".join(some) for count in range(len(zones) + 1) for some in combinations(zones, count)
                ]
                found[zones_of(id)] = Cells(question=zones_of(id), answers=tuple(sets))
        return found

    @cached_property
    def submitted(self) -> Formula:
        """The formula that an application may be submitted: all rules about who may apply hold."""
        return every(self.possible.says(rule.rule) for rule in self.definition.eligible)

    def said_of(self, row: ChargeRow) -> Formula:
        """The formula that a row applies: its condition holds, and the application is with one of its authorities."""
        return every((self.possible.says(row.when), self._of_authorities(row.authorities)))

    def _of_authorities(self, codes: tuple[str, ...] | None) -> Formula:
        known = self.possible.others[AUTHORITY]
        chosen = sum(1 << bit for bit, code in enumerate(known.answers) if codes is None or code in codes)
        return within(AUTHORITY, chosen, known.answered)

    @property
    def _authorities(self) -> tuple[str, ...]:
        """The codes of the authorities that may issue."""
        always = self.definition.authority.always
        return (always,) if always else tuple(each.code for each in self.territory.authorities)

    def _conditions(self) -> Iterator[Placed]:
        order = list(self.questions)
        for question in self.questions.values():
            if question.when is not None:
                path = (*self.question_paths[question.id], "when")
                yield Placed(condition=question.when, path=path, after=order.index(question.id))
        for path, condition in self._later_conditions():
            if condition is not None:
                yield Placed(condition=condition, path=path, after=len(order))

    def problem(
        self, path: PathInFile, *, code: str, en: str, ar: str, instead: Text = NOTHING
    ) -> DefinitionProblem:
        """A problem at a path of the file."""
        return self.reading.source.problem(path, Text(en=en, ar=ar), instead, code=code)

    def _later_conditions(self) -> Iterator[tuple[PathInFile, Condition | None]]:
        definition = self.definition
        if definition.co_signed_by:
            yield ("co-signed-by", "when"), definition.co_signed_by.when
        for index, document in enumerate(definition.documents):
            yield ("documents", index, "when"), document.when
        for index, charge in enumerate(definition.charges):
            for row, tariff in enumerate(charge.rows):
                yield ("charges", index, "rows", row, "when"), tariff.when
            for place, waiver in enumerate(charge.waived):
                yield ("charges", index, "waived", place, "when"), waiver.when
        for index, rule in enumerate(definition.eligible):
            yield ("eligible", index, "rule"), rule.rule
        for path, step in self.step_paths:
            yield (*path, "when"), getattr(step, "when", None)
            yield (*path, "grant-when"), getattr(step, "grant_when", None)
        for index, inspection in enumerate(definition.after_issue):
            yield ("after-issue", index, "when"), inspection.when
        for index, fact in enumerate(definition.instrument.facts):
            yield ("instrument", "facts", index, "when"), fact.when
        for index, printed in enumerate(definition.instrument.conditions):
            yield ("instrument", "conditions", index, "when"), printed.when
