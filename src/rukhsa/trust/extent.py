"""Whether a place, a moment and works are within what a document's sealed facts tell (docs/formats/extent.md).

Four questions, each answered by itself from the facts and their profile alone. Nothing that a document does not tell
counts as allowed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from rukhsa.trust import polyline
from rukhsa.trust.profiles import Field, Profile, date_in_words, from_days, to_days
from rukhsa.trust.seal import Fact
from rukhsa.values.names import Text

Outcome = Literal["within", "outside", "cannot-tell", "not-told"]
MARGIN = 20
"""Metres around a drawing that count as within it: its points are rounded by up to 8 and simplified by up to 8."""
_HOURS = re.compile(
    r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)|([01]\d|2[0-3]):([0-5]\d)-24:00", re.ASCII
)
_DRAWN = ("line", "area")


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a device says it is: degrees of WGS 84, and the metres within which it is right 95 times in 100."""

    latitude: float
    longitude: float
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The answer to one question: what it is about, how it came out, the code of its sentence, and what fills it."""

    about: Literal["document", "place", "day", "hour", "works"]
    outcome: Outcome
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def in_words(self, language: str) -> str:
        """The sentence in "ar" or "en"."""
        told = {name: _in_words(name, value, language) for name, value in self.values.items()}
        sentence: str = _words()["sentences"][self.code][language]
        return sentence.format(**told)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The facts of a document that was verified, its profile, the zone of its days, and the word of its verdict."""

    facts: Mapping[int, Fact]
    profile: Profile
    time_zone: str
    word: str = "valid"

    def compare(
        self, at: datetime, position: Position | None, seen: Mapping[int, int] | None = None
    ) -> list[Finding]:
        """The findings in their order; `seen` are the codes that were seen on the spot, by the keys of their facts."""
        local = at.astimezone(ZoneInfo(self.time_zone))
        return [
            *self._document(),
            self._place(position),
            self._day(to_days(local.date())),
            self._hour(f"{local:%H:%M}"),
            *self._works(seen or {}),
        ]

    def _document(self) -> Iterator[Finding]:
        if self.word == "cannot-tell":
            yield Finding(about="document", outcome="cannot-tell", code="status-unknown")
        elif self.word != "valid":
            yield Finding(about="document", outcome="outside", code="not-in-force")

    def _place(self, position: Position | None) -> Finding:
        for each, fact in self._told(*_DRAWN):
            if points := polyline.read(fact):
                return _placed(points, position, is_area=each.tells == "area")
        return Finding(about="place", outcome="not-told", code="place-not-told")

    def _day(self, today: int) -> Finding:
        first, last = (
            self.facts.get(self.profile.roles.get(role, 0)) for role in ("valid-from", "valid-until")
        )
        if isinstance(first, int) and today < first:
            return Finding(about="day", outcome="outside", code="not-begun", values={"date": first})
        if isinstance(last, int) and today > last:
            return Finding(about="day", outcome="outside", code="ended", values={"date": last})
        if isinstance(first, int) or isinstance(last, int):
            return Finding(about="day", outcome="within", code="in-its-days")
        return Finding(about="day", outcome="not-told", code="days-not-told")

    def _hour(self, clock: str) -> Finding:
        for each, fact in self._told("hours"):
            if not _HOURS.fullmatch(fact):
                continue
            start, end = fact.split("-")
            within = start <= clock < end if start < end else clock >= start or clock < end
            outcome: Outcome = "within" if within else "outside"
            code = "in-its-hours" if within else "outside-its-hours"
            values = {"label": each.name, "from": start, "until": end, "time": clock}
            return Finding(about="hour", outcome=outcome, code=code, values=values)
        return Finding(about="hour", outcome="not-told", code="hours-not-told")

    def _works(self, seen: Mapping[int, int]) -> Iterator[Finding]:
        asked = works(self.facts, self.profile)
        if not asked:
            yield Finding(about="works", outcome="not-told", code="works-not-told")
        for each in asked:
            code, sealed = seen.get(each.key), self.facts[each.key]
            if code is None or code not in each.options or not isinstance(sealed, int):
                continue
            values = {"label": each.name, "sealed": each.options[sealed], "seen": each.options[code]}
            if code == sealed or _is_no(each.options[code]):
                yield Finding(about="works", outcome="within", code="these-works", values=values)
            else:
                yield Finding(about="works", outcome="outside", code="other-works", values=values)

    def _told(self, *kinds: str) -> Iterator[tuple[Field, str]]:
        for each in self.profile.fields:
            fact = self.facts.get(each.key)
            if each.tells in kinds and isinstance(fact, str):
                yield each, fact


def works(facts: Mapping[int, Fact], profile: Profile) -> list[Field]:
    """The facts that say which works a document is for: those of type "code", in the words of the document."""
    return [
        each for each in profile.fields if each.type == "code" and each.key in facts and len(each.options) > 1
    ]


def outcome(findings: list[Finding]) -> Outcome:
    """All findings as one: outside if one is, within if all are; else it cannot be told as a whole."""
    found = {finding.outcome for finding in findings}
    return "outside" if "outside" in found else "within" if found == {"within"} else "cannot-tell"


def heading(whole: Outcome) -> Text:
    """How the answer as a whole is told."""
    return Text(**_words()["outcomes"][whole])


def to_json(findings: list[Finding]) -> dict[str, Any]:
    """The findings for other systems (docs/formats/extent.md)."""
    whole = outcome(findings)
    return {
        "outcome": whole,
        "findings": [{"about": each.about, "outcome": each.outcome, "code": each.code} for each in findings],
        "languages": {
            language: {
                "name": heading(whole).in_language(language),
                "findings": [each.in_words(language) for each in findings],
            }
            for language in ("ar", "en")
        },
    }


def _placed(points: list[polyline.Point], position: Position | None, *, is_area: bool) -> Finding:
    if position is None:
        return Finding(about="place", outcome="cannot-tell", code="no-position")
    away = polyline.distance(points, (position.longitude, position.latitude), is_area=is_area)
    values = {"distance": max(0, round(away)), "accuracy": round(position.accuracy)}
    if away + position.accuracy <= MARGIN:
        return Finding(about="place", outcome="within", code="at-its-place", values=values)
    if away - position.accuracy > MARGIN:
        return Finding(about="place", outcome="outside", code="outside-its-place", values=values)
    return Finding(about="place", outcome="cannot-tell", code="position-too-rough", values=values)


def _in_words(name: str, value: Any, language: str) -> Any:
    if name == "date":
        return date_in_words(from_days(value), language)
    return value.in_language(language) if isinstance(value, Text) else value


def _is_no(option: Text) -> bool:
    """What is allowed need not be done: "No" seen on the spot is never outside."""
    return option.en == "No" or option.ar == "لا"


@cache
def _words() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(Path(__file__).with_name("extent.json").read_text("utf-8"))
    return table
