"""Document profiles: the published types, names and order of the facts in a seal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from rukhsa.trust import polyline
from rukhsa.trust.errors import BadFacts, BadTrustList
from rukhsa.trust.seal import Fact
from rukhsa.values.money import EXPONENTS, Money
from rukhsa.values.names import Text

TYPES = ("text", "identifier", "date", "integer", "money", "code", "address")
ROLES = ("holder", "masked-id", "place", "valid-from", "valid-until")
_EPOCH = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = (date.min - _EPOCH).days, (date.max - _EPOCH).days
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "ar": (
        *("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو"),
        *("يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One fact of a profile: its key in the seal, its names, its type and what the type needs."""

    key: int
    name: Text
    type: str
    role: str | None = None
    optional: bool = False
    options: Mapping[int, Text] = field(default_factory=dict)  # of a code
    parts: tuple[Text, ...] = ()  # of an address; its last part may be absent
    unit: Text | None = None  # of an integer
    decimals: int = 0  # of an integer: 12345 with 2 decimals is 123.45
    currency: str | None = None  # of money, in minor units
    tells: str | None = None  # of an identifier: "line", "area" or "hours" (docs/formats/extent.md)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The constraints that every instrument of a kind meets."""

    code: int
    service: str
    name: Text
    fields: tuple[Field, ...]

    @cached_property
    def keys(self) -> frozenset[int]:
        """The keys of its facts, with the profile's own."""
        return frozenset({1, *(field.key for field in self.fields)})

    @cached_property
    def roles(self) -> Mapping[str, int]:
        """The key of the fact in each role."""
        return {field.role: field.key for field in reversed(self.fields) if field.role}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A fact as people read it: label, value, and whether the value runs left to right."""

    key: int
    label: str
    value: str
    left_to_right: bool


def check(facts: Mapping[int, Fact], profile: Profile) -> None:
    """Refuse facts that are not those of the profile, each of its type. Raises BadFacts."""
    if facts.get(1) != profile.code:
        raise BadFacts("wrong-profile", f"{facts.get(1)} is not {profile.code}")
    if strange := facts.keys() - profile.keys:
        raise BadFacts("unknown-fact", ", ".join(map(str, sorted(strange))))
    for each in profile.fields:
        fact = facts.get(each.key)
        if fact is None:
            if not each.optional:
                raise BadFacts("missing-fact", f"{each.key} {each.name.en}")
        elif not _CHECKS[each.type](fact, each):
            raise BadFacts("bad-fact", f"{each.key} {each.name.en} is not {each.type}")


def describe(facts: Mapping[int, Fact], profile: Profile, language: str) -> list[tuple[str, str]]:
    """The facts in the profile's order as (label, value) in `language`, "ar" or "en"."""
    return [(shown.label, shown.value) for shown in show(facts, profile, language)]


def show(facts: Mapping[int, Fact], profile: Profile, language: str) -> list[Shown]:
    """The facts in the profile's order, as people read them in `language`."""
    return [
        Shown(
            key=each.key,
            label=each.name.in_language(language),
            value=_words(facts[each.key], each, language),
            left_to_right=each.type in ("identifier", "integer", "money"),
        )
        for each in profile.fields
        if each.key in facts
    ]


def fact_in_role(facts: Mapping[int, Fact], profile: Profile, role: str) -> Fact | None:
    """The fact that the profile marks with `role`, such as "valid-until"; None where there is none."""
    return facts.get(profile.roles.get(role, 0))


def to_days(day: date) -> int:
    """A date as a fact: days since 1 January 1970."""
    return (day - _EPOCH).days


def from_days(days: int) -> date:
    """The date of a fact. Raises BadFacts for one outside the calendar."""
    try:
        return _EPOCH + timedelta(days=days)
    except OverflowError as error:
        raise BadFacts("bad-date", str(days)) from error


def to_json(profile: Profile) -> dict[str, Any]:
    """The profile as it stands in the trust list."""
    return {
        "code": profile.code,
        "service": profile.service,
        "name": _text_to_json(profile.name),
        "fields": [_field_to_json(each) for each in profile.fields],
    }


def from_json(data: Mapping[str, Any]) -> Profile:
    """Read a profile of the trust list. Raises BadTrustList."""
    try:
        profile = Profile(
            code=data["code"],
            service=data["service"],
            name=Text(**data["name"]),
            fields=tuple(_field_from_json(each) for each in data["fields"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadTrustList("bad-profile", repr(error)) from error
    check_profile(profile)
    return profile


def check_profile(profile: Profile) -> None:
    """Refuse a profile that cannot be: keys twice, unknown types or roles. Raises BadTrustList."""
    keys = [each.key for each in profile.fields]
    if len(set(keys)) != len(keys) or any(type(key) is not int or not 1 < key < 256 for key in keys):
        raise BadTrustList("bad-profile", f"keys of {profile.service}")
    for each in profile.fields:
        if each.type not in TYPES or each.role not in (*ROLES, None):
            raise BadTrustList("bad-profile", f"type or role of {profile.service} {each.key}")
        if each.type == "money" and each.currency not in EXPONENTS:
            raise BadTrustList("bad-profile", f"currency of {profile.service} {each.key}")


def _is_text(fact: Fact, field: Field) -> bool:
    return isinstance(fact, str)


def _is_identifier(fact: Fact, field: Field) -> bool:
    return isinstance(fact, str) and fact.replace("•", "").isascii()


def _is_integer(fact: Fact, field: Field) -> bool:
    return isinstance(fact, int)


def _is_date(fact: Fact, field: Field) -> bool:
    return isinstance(fact, int) and _FIRST_DAY <= fact <= _LAST_DAY


def _is_code(fact: Fact, field: Field) -> bool:
    return isinstance(fact, int) and fact in field.options


def _is_address(fact: Fact, field: Field) -> bool:
    if not isinstance(fact, list) or not len(field.parts) - 1 <= len(fact) <= len(field.parts):
        return False
    return fact[-1] is not None


_CHECKS = {
    "text": _is_text,
    "identifier": _is_identifier,
    "date": _is_date,
    "integer": _is_integer,
    "money": _is_integer,
    "code": _is_code,
    "address": _is_address,
}


def _words(fact: Fact, field: Field, language: str) -> str:
    if isinstance(fact, list):
        named = zip(field.parts, fact, strict=False)
        return _COMMA[language].join(
            f"{name.in_language(language)} {part}" for name, part in named if part is not None
        )
    if isinstance(fact, str):
        return polyline.shown(fact) if field.tells in ("line", "area") else fact
    if field.type == "date":
        return date_in_words(from_days(fact), language)
    if field.type == "code":
        return field.options[fact].in_language(language)
    if field.type == "money" and field.currency:
        return f"{Money(minor=fact, currency=field.currency)} {field.currency}"
    return _measure(fact, field, language)


_COMMA = {"ar": "، ", "en": ", "}


def date_in_words(day: date, language: str) -> str:
    """1 November 2020, or 1 نوفمبر 2020: months in words, Latin digits."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def _measure(number: int, field: Field, language: str) -> str:
    sign, whole = "-" * (number < 0), abs(number)
    shown = str(whole)
    if field.decimals:
        shown = shown.zfill(field.decimals + 1)
        shown = f"{shown[: -field.decimals]}.{shown[-field.decimals :]}"
    unit = field.unit.in_language(language) if field.unit else ""
    return f"{sign}{shown} {unit}".rstrip()


def _text_to_json(text: Text) -> dict[str, str]:
    return {language: words for language, words in (("ar", text.ar), ("en", text.en)) if words}


def _field_to_json(field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": field.key, "name": _text_to_json(field.name), "type": field.type}
    entry["role"] = field.role
    entry["optional"] = field.optional or None
    entry["options"] = {str(code): _text_to_json(name) for code, name in field.options.items()}
    entry["parts"] = [_text_to_json(part) for part in field.parts]
    entry["unit"] = _text_to_json(field.unit) if field.unit else None
    entry["decimals"] = field.decimals
    entry["currency"] = field.currency
    entry["tells"] = field.tells
    return {key: value for key, value in entry.items() if value or key in ("key", "name", "type")}


def _field_from_json(data: Mapping[str, Any]) -> Field:
    return Field(
        key=data["key"],
        name=Text(**data["name"]),
        type=data["type"],
        role=data.get("role"),
        optional=bool(data.get("optional", False)),
        options={int(code): Text(**name) for code, name in data.get("options", {}).items()},
        parts=tuple(Text(**part) for part in data.get("parts", [])),
        unit=Text(**data["unit"]) if data.get("unit") else None,
        decimals=int(data.get("decimals", 0)),
        currency=data.get("currency"),
        tells=data.get("tells"),
    )
