"""Who may have a service: rules over the answers, told in the form before anything is submitted."""

from collections.abc import Iterable

from rukhsa.catalogue.conditions import Answers, Condition, comparisons, holds
from rukhsa.catalogue.shape import Shape
from rukhsa.values.names import Text


class Eligibility(Shape):
    """A rule that the answers must meet, and what is said to those whose answers do not."""

    rule: Condition
    otherwise: Text
    legal_basis: Text | None = None
    source: str


def unmet(rules: Iterable[Eligibility], answers: Answers, *, waited_for: Iterable[str]) -> list[Eligibility]:
    """The rules that these answers break.

    `waited_for` are questions whose answer is still to come: a rule over one of them is not judged yet.
    """
    pending = set(waited_for)
    judged = [rule for rule in rules if pending.isdisjoint(questions_of(rule))]
    return [rule for rule in judged if not holds(rule.rule, answers)]


def questions_of(rule: Eligibility) -> list[str]:
    """The questions over which a rule judges, in the order in which it names them."""
    return list(dict.fromkeys(each.question for each in comparisons(rule.rule)))
