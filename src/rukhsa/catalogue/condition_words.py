"""A condition in words, in both languages, for people who have not yet seen the questions."""

from collections.abc import Callable, Iterable

from rukhsa.catalogue.conditions import AllOf, AnyOf, Comparison, Condition, Not
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions import ChoiceQuestion, DecimalQuestion, Question
from rukhsa.values.names import Text

_YES_NO = {"yes": Text(ar="نعم", en="Yes"), "no": Text(ar="لا", en="No")}
_UNITS = {"m": Text(ar="م", en="m"), "m2": Text(ar="م²", en="m²"), "m3": Text(ar="م³", en="m³")}


def condition_in_words(condition: Condition, definition: Definition) -> Text:
    """ "«What is the use?»: Residential or Garage, and «Area»: at most 50 m²"; questions by what they ask."""
    match condition:
        case AllOf(all=parts):
            return _joined((_within(part, definition) for part in parts), ar=" و", en=" and ")
        case AnyOf(any=parts):
            return _joined((_within(part, definition) for part in parts), ar=" أو ", en=" or ")
        case Not(not_=inner):
            return _framed(condition_in_words(inner, definition), ar="ليس صحيحًا أن ({})", en="not ({})")
        case Comparison():
            return _compared(condition, definition)


def _within(condition: Condition, definition: Definition) -> Text:
    words = condition_in_words(condition, definition)
    mixed = isinstance(condition, AllOf | AnyOf)
    return _framed(words, ar="({})", en="({})") if mixed else words


def _compared(comparison: Comparison, definition: Definition) -> Text:
    question = definition.question(comparison.question)
    said = _said(comparison, question)
    return Text(ar=f"«{question.ask.ar}»: {said.ar}", en=f"“{question.ask.en}”: {said.en}")


def _said(comparison: Comparison, question: Question) -> Text:
    """What is said of the answer."""
    if comparison.answered:
        return (
            Text(ar="أُجيب", en="answered")
            if comparison.answered == "yes"
            else Text(ar="لم يُجب", en="not answered")
        )
    if comparison.of:
        return Text(
            ar="محرر من: " + "، ".join(comparison.of), en="a document of: " + ", ".join(comparison.of)
        )
    frames: tuple[tuple[Iterable[str] | None, Callable[[Text], Text]], ...] = (
        (_one(comparison.is_), lambda value: value),
        (_one(comparison.is_not), lambda value: _framed(value, ar="غير {}", en="other than {}")),
        (comparison.in_, lambda value: value),
        (_one(comparison.at_least), lambda value: _framed(value, ar="{} فأكثر", en="{} or more")),
        (_one(comparison.at_most), lambda value: _framed(value, ar="{} فأقل", en="{} or less")),
    )
    values, frame = next((values, frame) for values, frame in frames if values is not None)
    return frame(_joined((_value(value, question) for value in values), ar=" أو ", en=" or "))


def _one(value: str | None) -> tuple[str] | None:
    return None if value is None else (value,)


def _value(value: str, question: Question) -> Text:
    if isinstance(question, ChoiceQuestion):
        return question.options.get(value, Text(ar=value, en=value))
    if question.type == "yes-no":
        return _YES_NO.get(value, Text(ar=value, en=value))
    unit = question.unit if isinstance(question, DecimalQuestion) else _measured_in(question)
    words = _UNITS.get(unit, Text(ar=unit, en=unit))
    return Text(ar=f"{value} {words.ar}".strip(), en=f"{value} {words.en}".strip())


def _measured_in(question: Question) -> str:
    return {"line": "m", "area": "m2"}.get(question.type, "")


def _joined(texts: Iterable[Text], *, ar: str, en: str) -> Text:
    said = list(texts)
    return Text(ar=ar.join(text.ar for text in said), en=en.join(text.en for text in said))


def _framed(text: Text, *, ar: str, en: str) -> Text:
    return Text(ar=ar.format(text.ar), en=en.format(text.en))
