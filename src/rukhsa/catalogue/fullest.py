"""The largest claims that a service can seal: every fact, each as long as its type allows."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import Fact as FactRule
from rukhsa.catalogue.instrument import Permanent
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.territory import Territory
from rukhsa.trust.profiles import Field, Profile, to_days
from rukhsa.trust.seal import Claims, Fact
from rukhsa.values.identifiers import masked
from rukhsa.values.money import EXPONENTS

_DAY: Final = date(2026, 12, 30)
_MOMENT: Final = 1_798_600_000
_MOST: Final = 10**9
_LETTERS: Final = {
    "ar": "عبدالرحمن بن محمد بن عبداللطيف آل خليفة المناعي ",
    "en": "Bartholomew Featherstonehaugh ",
}


def fullest_claims(definition: Definition, territory: Territory, *, name: int) -> Claims:
    """Claims with every fact, the optional ones included.

    Names of persons and companies have `name` letters. A text that the applicant writes is as long as its question
    allows, in the first language of the territory.
    """
    authority = max(territory.authorities, key=lambda each: len(each.id))
    profile, sealed = definition.profile(territory.currency), definition.instrument.sealed
    facts: dict[int, Fact] = {1: definition.profile_code}
    facts |= _facts(profile, sealed, definition, territory, name)
    return Claims(
        instrument=f"{authority.code}-{definition.code}-2026-999999-W",
        version=99,
        issued_at=_MOMENT,
        expires_at=None if isinstance(definition.instrument.validity, Permanent) else _MOMENT * 2,
        status_index=2**20 - 1,
        status_uri=f"https://{territory.verifier}/status/{authority.id}/999.cwt",
        facts=facts,
    )


def fullest_beside(
    definition: Definition, territory: Territory, *, name: int
) -> tuple[dict[int, Fact], Profile]:
    """Every fact that is printed but not sealed, as long as it can be, and their profile."""
    profile = definition.beside(territory.currency)
    return _facts(profile, definition.instrument.beside, definition, territory, name), profile


def _facts(
    profile: Profile,
    rules: Mapping[int, FactRule],
    definition: Definition,
    territory: Territory,
    name: int,
) -> dict[int, Fact]:
    return {
        field.key: _fact(field, rules.get(field.key), definition, territory, name) for field in profile.fields
    }


def _fact(
    field: Field, rule: FactRule | None, definition: Definition, territory: Territory, name: int
) -> Fact:
    question = definition.question(rule.question) if rule and rule.question else None
    match field.type:
        case "text" | "identifier":
            return _writing(field, rule, question, territory.languages[0], name)
        case "date":
            return to_days(_DAY)
        case "code":
            return max(field.options)
        case "address":
            return [9999] * len(field.parts)
    return _number(field, question)


def _writing(field: Field, rule: FactRule | None, question: Question | None, language: str, name: int) -> str:
    if field.role == "masked-id":
        return masked("9" * 9)
    if rule and rule.hours:
        return rule.hours

    def letters(count: int) -> str:
        return (_LETTERS[language] * (count // 20 + 1))[:count].strip()

    longest = question.longest(rule.type, rule.part, letters) if rule and question else None
    return letters(name) if longest is None else longest


def _number(field: Field, question: Question | None) -> int:
    """The largest number that may be answered, scaled to whole units."""
    _, most = question.bounds if question else (None, None)
    decimals = EXPONENTS[field.currency] if field.currency else field.decimals
    return _MOST if most is None else int(most.scaleb(decimals))
