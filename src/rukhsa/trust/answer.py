"""Verdicts and reason codes as lines for a person at a terminal, in Arabic or English."""

from collections.abc import Iterator
from typing import Any

from rukhsa.trust import words
from rukhsa.trust.verdict import to_json

__all__ = ["explain", "in_full", "to_json"]

_MARKS = {"met": "✓", "failed": "✗", "not-reached": "·", "not-asked": "–"}
_VERSION = {"ar": "النسخة", "en": "version"}
_STAMPED = {"ar": "وقت الختم الزمني: {}.", "en": "Stamped at {}."}
_AUDIENCES = {
    "public": {"ar": "للجمهور", "en": "The public"},
    "inspector": {"ar": "للمفتش", "en": "An inspector"},
    "agency": {"ar": "للجهة الخارجية", "en": "An agency"},
}
_DECIDED = {"ar": "يقرره الفحص", "en": "Decided by duty"}
_VERDICT = {"ar": "الحكم", "en": "Verdict"}


def in_full(answer: dict[str, Any], language: str, audience: str) -> Iterator[str]:
    """The lines of one verdict, from its JSON: what it says, the facts, the duties, the age, the next step."""
    told = answer["languages"][language]
    yield f"{told['name']}. {told['sentence']}"
    yield told["because"]
    if told["title"] and told["issuer"]:
        yield ""
        yield f"{told['issuer']}: {told['title']}"
        yield f"{answer['instrument']}, {_VERSION[language]} {answer['version']}"
    yield from (f"  {label}: {value}" for label, value in told["facts"])
    yield ""
    for duty in answer["duties"]:
        name = words.duty(duty["number"]).in_language(language)
        yield f"  {_MARKS[duty['outcome']]} {duty['number']}. {name}"
    yield ""
    if answer["word"] != "not-ours":  # it has no status that could be known here
        yield told["status_known"]
    if told["witness_known"]:
        yield told["witness_known"]
    if told["stamp"]:
        yield told["stamp"]
    if answer["stamped_at"]:
        yield _STAMPED[language].format(answer["stamped_at"].replace("T", " ").replace("Z", " UTC"))
    yield told["next"][audience]
    if compared := answer.get("extent"):
        yield ""
        yield compared["languages"][language]["name"]
        yield from (f"  {sentence}" for sentence in compared["languages"][language]["findings"])


def explain(code: str, language: str) -> Iterator[str]:
    """What a word or a reason code means and what each audience does next. Raises KeyError for another."""
    is_reason = code in words.every_reason()
    word = words.word_of(code) if is_reason else code
    name, sentence = words.name(word).in_language(language), words.sentence(word).in_language(language)
    yield f"{code}: {words.reason(code).in_language(language) if is_reason else sentence}"
    yield f"{_VERDICT[language]}: {name} ({word})"
    duties = words.duties_of(code) if is_reason else ()
    if duties:
        named = (f"{number}. {words.duty(number).in_language(language)}" for number in duties)
        yield f"{_DECIDED[language]}: {', '.join(named)}"
    for audience in words.AUDIENCES:
        step = words.next_step(word, code, audience).in_language(language)
        yield f"  {_AUDIENCES[audience][language]}: {step}"
    if not is_reason:
        reasons = [each for each in words.every_reason() if words.word_of(each) == word]
        yield from (f"  {each}: {words.reason(each).in_language(language)}" for each in reasons)
