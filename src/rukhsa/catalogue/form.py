"""The form of a service: sections of questions, documents to be attached, and the rules about who may apply."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from rukhsa.catalogue.conditions import Answers, Condition, comparisons, holds
from rukhsa.catalogue.provenance import Bases, ValueSource
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
    phrase: Text | None = Field(None, description="of whom it is asked, where it has a condition")
    optional: YesNo = False
    accept: tuple[Literal["pdf", "image"], ...] = ("pdf", "image")
    at_most: int = Field(1, ge=1, le=20, description="files")
    source: ValueSource | None = None
    given_with: Literal["ekey"] | None = Field(
        None, description="not asked of those who proved who they are with it"
    )


class Eligibility(Shape):
    """A rule that the answers must meet, and the sentence for applicants whose answers do not."""

    rule: Condition
    otherwise: Text
    legal_basis: Text | None = None
    law: Bases = ()
    source: ValueSource


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
