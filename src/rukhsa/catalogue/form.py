"""The form of a service: sections of questions, documents to be attached, and the rules about who may apply."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from rukhsa.catalogue.conditions import Answers, Condition, comparisons, holds
from rukhsa.catalogue.questions import AnyQuestion
from rukhsa.catalogue.shape import Id, Shape, YesNo
from rukhsa.values.names import Text


class Section(Shape):
    """Questions that are asked together, under a title."""

    id: Id
    title: Text
    questions: tuple[AnyQuestion, ...] = Field(min_length=1)


class Document(Shape):
    """A file that the applicant attaches."""

    id: Id
    name: Text
    help: Text | None = None
    when: Condition | None = None
    optional: YesNo = False
    accept: tuple[Literal["pdf", "image"], ...] = ("pdf", "image")
    at_most: int = Field(1, ge=1, le=20, description="files")
    source: str | None = None


class Eligibility(Shape):
    """A rule that the answers must meet, and the sentence for applicants whose answers do not."""

    rule: Condition
    otherwise: Text
    legal_basis: Text | None = None
    source: str


def unmet(rules: Iterable[Eligibility], answers: Answers, *, waited_for: Iterable[str]) -> list[Eligibility]:
    """The rules that these answers break.

    `waited_for` are questions without an answer so far: a rule over one of them is not judged yet.
    """
    pending = set(waited_for)
    judged = [rule for rule in rules if pending.isdisjoint(questions_of(rule))]
    return [rule for rule in judged if not holds(rule.rule, answers)]


def questions_of(rule: Eligibility) -> list[str]:
    """The questions that a rule names, in its order."""
    return list(dict.fromkeys(each.question for each in comparisons(rule.rule)))
