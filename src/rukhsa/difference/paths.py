"""The distinct paths through a service: which answers lead which way, how many ways there are, and which are played."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rukhsa.catalogue.conditions import Condition, comparisons, holds
from rukhsa.catalogue.definition import Definition, with_derived
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.steps import recorded_by
from rukhsa.difference.turnings import Turning, branches, compared_with, turnings

MOST = 4_000  # ways that are looked at one by one; of more, so many are drawn

Answers = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Path:
    """One way through the questions that make a difference, and what each turning said on it."""

    answers: Answers
    trace: tuple[bool, ...]


class Paths:
    """The ways through one definition.

    A way is a combination of answers that some condition tells apart; a path is what such ways have in common: the
    same questions, documents, rows of charges, steps, facts and printed conditions.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.turnings: tuple[Turning, ...] = turnings(definition)
        compared = compared_with(definition, self.turnings)
        asked = (*definition.questions, *definition.recorded)
        self.questions = [question for question in asked if question.id in compared]
        self._of_step = {
            question.id: getattr(step, "when", None)
            for step in definition.steps
            for question in recorded_by(step)
        }
        self.branches = {
            question.id: branches(question, compared[question.id]) for question in self.questions
        }

    @cached_property
    def ways(self) -> int:
        """How many combinations of answers make a difference; exact, however many they are."""
        needed = [self._asked_of(self.questions[number:]) for number in range(1, len(self.questions) + 1)]
        states: dict[tuple[tuple[str, Any], ...], int] = {(): 1}
        for question, later in zip(self.questions, needed, strict=True):
            after: dict[tuple[tuple[str, Any], ...], int] = {}
            for known, ways in states.items():
                for given in self._given(question, dict(known)):
                    kept = tuple(sorted((id, value) for id, value in given.items() if id in later))
                    after[kept] = after.get(kept, 0) + ways
            states = after
        return sum(states.values())

    @cached_property
    def all(self) -> tuple[Path, ...]:
        """Every distinct path, with the first way that leads along it; of too many ways a fixed draw."""
        found: dict[tuple[bool, ...], Path] = {}
        for answers in self._each() if self.ways <= MOST else self._drawn():
            given = with_derived(self.definition, answers)
            trace = tuple(holds(turning.condition, given) for turning in self.turnings)
            found.setdefault(trace, Path(answers=answers, trace=trace))
        return tuple(found.values())

    @property
    def is_whole(self) -> bool:
        """Whether `all` has looked at every way."""
        return self.ways <= MOST

    @cached_property
    def chosen(self) -> tuple[Path, ...]:
        """Few paths on which every turning goes each way that it can go, and every branch is taken: greedily."""
        goals = {goal for path in self.all for goal in self._goals(path)}
        left, chosen = set(goals), list[Path]()
        reached = {id(path): self._goals(path) for path in self.all}
        while left:
            best = max(self.all, key=lambda path: len(reached[id(path)] & left))
            chosen.append(best)
            left -= reached[id(best)]
        return tuple(chosen) or self.all[:1]

    @property
    def straight(self) -> Path:
        """A path on which nothing keeps the applicant from the instrument: the first of those played, where one is."""
        return next(
            (path for path in (*self.chosen, *self.all) if self.leads_to_instrument(path)), self.chosen[0]
        )

    def is_eligible(self, path: Path) -> bool:
        """Whether the answers meet every rule that is asked before the submission."""
        return all(holds(each.rule, self._given_on(path)) for each in self.definition.eligible)

    def leads_to_instrument(self, path: Path) -> bool:
        """Whether neither the form nor a rule that decides refuses these answers."""
        return self.is_eligible(path) and holds(self.definition.decision.grant_when, self._given_on(path))

    def _given_on(self, path: Path) -> dict[str, Any]:
        return with_derived(self.definition, path.answers)

    def _goals(self, path: Path) -> set[tuple[Any, ...]]:
        answered = {("answer", id, str(value)) for id, value in path.answers.items()}
        return answered | {("turning", *each) for each in enumerate(path.trace)}

    def _each(self) -> Iterator[dict[str, Any]]:
        found: list[dict[str, Any]] = [{}]
        for question in self.questions:
            found = [given for known in found for given in self._given(question, known)]
        yield from found

    def _drawn(self) -> Iterator[dict[str, Any]]:
        """A draw that is the same every time, so that what fails once fails again."""
        chance = random.Random(self.definition.service)  # noqa: S311 - no secret
        for _ in range(MOST):
            known: dict[str, Any] = {}
            for question in self.questions:
                known = chance.choice(list(self._given(question, known)))
            yield known

    def _given(self, question: Question, known: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if not all(
            holds(condition, with_derived(self.definition, known)) for condition in self._guards(question)
        ):
            yield known
            return
        for answer in self.branches[question.id]:
            yield known if answer is None else known | {question.id: answer}

    def _asked_of(self, later: list[Question]) -> set[str]:
        guards = (guard for question in later for guard in self._guards(question))
        return {each.question for guard in guards for each in comparisons(guard)}

    def _guards(self, question: Question) -> tuple[Condition | None, ...]:
        """When a question is answered: its own condition, and that of the step which records it."""
        return question.when, self._of_step.get(question.id)
