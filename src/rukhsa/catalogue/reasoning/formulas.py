"""Formulas: one answer lies within some of its cells; joined by every and some; nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Within:
    """The answer to one question lies in one of `cells`, a set of bits among the bits `of` all its cells."""

    question: str
    cells: int
    of: int


@dataclass(frozen=True, slots=True)
class Every:
    """All its parts hold; without parts it always does."""

    parts: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of its parts holds; without parts it never does."""

    parts: tuple[Formula, ...] = ()


type Formula = Within | Every | Some
ALWAYS, NEVER = Every(), Some()


def within(question: str, cells: int, of: int) -> Formula:
    """The simplest formula for an answer within these cells."""
    return ALWAYS if cells == of else Within(question, cells, of) if cells else NEVER


def every(parts: Iterable[Formula]) -> Formula:
    """All of them, with what is said of one question put together."""
    found: dict[str, Within] = {}
    others: list[Formula] = []
    for part in _flat(parts, Every):
        if part == NEVER:
            return NEVER
        if isinstance(part, Within):
            before = found.get(part.question)
            cells = part.cells & before.cells if before else part.cells
            if not cells:
                return NEVER
            found[part.question] = Within(part.question, cells, part.of)
        else:
            others.append(part)
    joined = (*found.values(), *others)
    return joined[0] if len(joined) == 1 else Every(joined)


def some(parts: Iterable[Formula]) -> Formula:
    """At least one of them, with what is said of one question put together."""
    found: dict[str, Within] = {}
    others: list[Formula] = []
    for part in _flat(parts, Some):
        if part == ALWAYS:
            return ALWAYS
        if isinstance(part, Within):
            before = found.get(part.question)
            cells = part.cells | before.cells if before else part.cells
            if cells == part.of:
                return ALWAYS
            found[part.question] = Within(part.question, cells, part.of)
        else:
            others.append(part)
    joined = (*found.values(), *others)
    return joined[0] if len(joined) == 1 else Some(joined)


def negated(formula: Formula) -> Formula:
    """The negation of the formula."""
    match formula:
        case Within(question, cells, of):
            return within(question, of & ~cells, of)
        case Every(parts):
            return some(negated(part) for part in parts)
        case Some(parts):
            return every(negated(part) for part in parts)


def questions_of(formula: Formula) -> set[str]:
    """The questions that occur in the formula."""
    if isinstance(formula, Within):
        return {formula.question}
    return {question for part in formula.parts for question in questions_of(part)}


def _flat(parts: Iterable[Formula], kind: type[Every] | type[Some]) -> Iterable[Formula]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts  # made by `every` and `some`, so that it is flat itself
        else:
            yield part
