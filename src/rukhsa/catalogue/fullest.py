"""The fullest claims that a service can seal: every fact there and as long as its type lets it be."""

from datetime import date
from typing import Final

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import Fact as FactRule
from rukhsa.catalogue.profile import FIRST_KEY
from rukhsa.catalogue.questions import ParcelQuestion, Question, WritingQuestion
from rukhsa.catalogue.reasoning.cells import bounds_of
from rukhsa.catalogue.territory import Territory
from rukhsa.trust.profiles import Field, to_days
from rukhsa.trust.seal import Claims, Fact
from rukhsa.values.money import EXPONENTS

_DAY: Final = date(2026, 12, 30)
_MOMENT: Final = 1_798_600_000
_MOST: Final = 10**9
_LETTERS: Final = {
    "ar": "عبدالرحمن بن محمد بن عبداللطيف آل خليفة المناعي ",
    "en": "Bartholomew Featherstonehaugh ",
}


def fullest_claims(definition: Definition, territory: Territory, *, name: int) -> Claims:
    """Claims with every fact, those that not everybody has among them.

    Names of persons and companies have `name` letters. A text that the applicant writes is as long as its question
    allows, in the first language of the territory.
    """
    authority = max(territory.authorities, key=lambda each: len(each.id))
    facts: dict[int, Fact] = {1: definition.profile_code}
    rules = dict(enumerate(definition.instrument.facts, FIRST_KEY))
    for field in definition.profile(territory.currency).fields:
        facts[field.key] = _fact(field, rules.get(field.key), definition, territory, name)
    return Claims(
        instrument=f"{authority.code}-{definition.code}-2026-999999-W",
        version=99,
        issued_at=_MOMENT,
        expires_at=_MOMENT * 2,
        status_index=2**20 - 1,
        status_uri=f"https://{territory.verifier}/status/{authority.id}/999.cwt",
        facts=facts,
    )


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
        return "*" * 16 + "9999"
    if isinstance(question, WritingQuestion):
        return _words(language, question.at_most)
    if isinstance(question, ParcelQuestion):
        return "9" * question.at_most
    kind = "registration" if rule and rule.part == "number" else question.type if question else ""
    return _KNOWN.get(kind) or _words(language, name)


def _words(language: str, letters: int) -> str:
    return (_LETTERS[language] * (letters // 20 + 1))[:letters].strip()


# Of a known form: each as long as it can be.
_KNOWN: Final = {
    "registration": "999999999-999",
    "phone": "+999999999999999",
    "iban": "BH99AAAA99999999999999",
    "personal-number": "999999999",
    "instrument": "CAP-BP-2026-999999-W",
    "decision": "CAP-BP-2026-999999-W",
}


def _number(field: Field, question: Question | None) -> int:
    """The largest one that may be answered, scaled to whole units."""
    _, most = bounds_of(question) if question else (None, None)
    decimals = EXPONENTS[field.currency] if field.currency else field.decimals
    return _MOST if most is None else int(most.scaleb(decimals))
