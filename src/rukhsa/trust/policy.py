"""Acceptance policies: which kinds of documents a relying party takes, since when and until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rukhsa.trust.errors import TrustError
from rukhsa.values.names import Text

SEALED, PAPER = "sealed", "paper"


class NotAccepted(TrustError):
    """A genuine document that the policy does not take on that day."""

    def __init__(self, rule: "Rule | None", on: date) -> None:
        super().__init__("not-accepted-by-policy", rule.circular if rule else "no rule")
        self.rule = rule
        self.on = on


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Documents of `kind` are taken from `since` until `until` (both included), by the circular named.

    None in `profiles` or `purpose` stands for every one.
    """

    kind: str
    since: date
    until: date | None = None
    profiles: frozenset[int] | None = None
    purpose: str | None = None
    circular: str = ""
    name: Text = field(default=Text())

    def covers(self, kind: str, profile: int | None, purpose: str | None) -> bool:
        """Whether the rule is about such a document, on any day."""
        of_profile = self.profiles is None or profile in self.profiles
        return kind == self.kind and of_profile and self.purpose in (None, purpose)

    def in_force(self, on: date) -> bool:
        """Whether that day is among the rule's days."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of one relying party: a document is taken when at least one rule takes it."""

    rules: tuple[Rule, ...]

    def accept(self, kind: str, *, profile: int | None, purpose: str | None, on: date) -> Rule:
        """The rule by which the document is taken on that day. Raises NotAccepted, with the nearest rule."""
        covering = [rule for rule in self.rules if rule.covers(kind, profile, purpose)]
        for rule in covering:
            if rule.in_force(on):
                return rule
        raise NotAccepted(max(covering, key=lambda rule: rule.until or date.max, default=None), on)


def from_json(data: Mapping[str, Any]) -> Policy:
    """Read {"rules": [{"kind", "since", "until", "profiles", "purpose", "circular", "name"}]}."""
    return Policy(rules=tuple(_rule(each) for each in data["rules"]))


def _rule(data: Mapping[str, Any]) -> Rule:
    until, listed = data.get("until"), data.get("profiles")
    return Rule(
        kind=data["kind"],
        since=date.fromisoformat(data["since"]),
        until=None if until is None else date.fromisoformat(until),
        profiles=None if listed is None else frozenset(listed),
        purpose=data.get("purpose"),
        circular=data.get("circular", ""),
        name=Text(**data.get("name", {})),
    )
