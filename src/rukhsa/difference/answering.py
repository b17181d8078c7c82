"""Plausible answers for a path: what an applicant might type, question by question."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rukhsa.applications.reading import BadAnswer, Context, read_date
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions import (
    AreaQuestion,
    ChoiceQuestion,
    DateQuestion,
    DecimalQuestion,
    IdentifierQuestion,
    IntegerQuestion,
    LineQuestion,
    MoneyQuestion,
    Question,
    SlotQuestion,
    WritingQuestion,
)
from rukhsa.catalogue.shape import Range
from rukhsa.catalogue.slots import slot_list
from rukhsa.catalogue.territory import territory
from rukhsa.difference.paths import Answers
from rukhsa.errors import RukhsaError
from rukhsa.places.geometry import WGS84
from rukhsa.values.money import Money

IBAN = "BH67 BMAG 0000 1299 1234 56"
WORDS = {"ar": "عينة", "en": "Sample"}
# Each application has a strip of ground of its own, so that no two hold the same place.
CORNER, APART = (50.50, 26.05), 0.0015
# Days from now that an answer is tried with: first of what is to come, then of what was.
# A week ahead first: the walk goes on for hours, and a day that is today may be yesterday when it is submitted.
_NEAR = (7, 1, 0, 14, 21, 28, 45, 60, 90, 180, 360, -1, -30, -400, -4_000, -9_000, -12_000)


class CannotAnswer(RukhsaError):
    """A question for which no plausible answer is known; the walk must learn it."""

    code = "cannot-answer"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """In what an application differs from the others of a walk."""

    number: int  # from 0
    on: date
    block: int
    parents: Mapping[str, str] = field(default_factory=dict)  # instrument numbers, by question


def answers_along(definition: Definition, chosen: Answers, setting: Setting) -> dict[str, Any]:
    """What is typed on a path: the answers chosen, and something plausible for every other question asked."""
    return typed_to(definition.questions, {}, chosen, setting)


def typed_to(
    questions: Iterable[Question], given: Mapping[str, Any], chosen: Answers, setting: Setting
) -> dict[str, Any]:
    """What is typed to these questions, of those that are asked after the answers `given`."""
    typed: dict[str, Any] = {}
    given = dict(given)
    for question in questions:
        if not holds(question.when, given):
            continue
        value = chosen.get(question.id)
        if question.optional and value is None and (question.id in chosen or setting.number % 2):
            continue
        typed[question.id] = _answer(question, value, setting, typed)
        given[question.id] = typed[question.id] if value is None else value
    return typed


def _answer(question: Question, value: Any, setting: Setting, typed: Mapping[str, Any]) -> Any:
    if isinstance(question, DateQuestion):
        return value or _day(question, setting, typed)
    try:
        answer = _ANSWERS[question.type]
    except KeyError:
        raise CannotAnswer(
            f"{question.id}: no answer is known for a question of type {question.type}"
        ) from None
    return answer(question, None if value == "answered" else value, setting)


def _writing(question: WritingQuestion, value: Any, setting: Setting) -> str:
    word = WORDS[territory().languages[0]]
    return str(value or f"{word} {setting.number + 1}")[: question.at_most]


def _identifier(question: IdentifierQuestion, value: Any, setting: Setting) -> str:
    return str(value or f"{setting.number + 1:04d}")[-question.at_most :]


def _choice(question: ChoiceQuestion, value: Any, setting: Setting) -> str:
    options = list(question.options)
    return str(value or options[setting.number % len(options)])


def _yes_no(question: Question, value: Any, setting: Setting) -> str:
    return str(value or ("yes", "no")[setting.number % 2])


def _integer(question: IntegerQuestion, value: Any, setting: Setting) -> str:
    if value:
        return str(value)
    number = _within(question.from_, question.to, 1) + setting.number
    return str(number if question.to is None else min(number, question.to))


def _decimal(question: DecimalQuestion, value: Any, setting: Setting) -> str:
    least, most, step = question.from_, question.to, Decimal(1).scaleb(-question.decimals)
    return str(value or _within(least, most, step).quantize(step))


def _within(least: Any, most: Any, step: Any) -> Any:
    """A middling number: a quarter up from the least to the most."""
    least = step * 0 if least is None else least
    top = least + 40 * step if most is None else most
    wanted = least + (top - least) / 4
    return type(step)(wanted) if wanted >= least + step else min(least + step, top)


def _day(question: DateQuestion, setting: Setting, typed: Mapping[str, Any]) -> str:
    context = Context(on=setting.on, values=typed)
    for days in _NEAR:
        try:
            return str(read_date(question, (setting.on + timedelta(days=days)).isoformat(), context))
        except BadAnswer:
            continue
    raise CannotAnswer(f"{question.id}: no day near {setting.on} is allowed")


def _line(question: LineQuestion, value: Any, setting: Setting) -> str:
    metres = _measure(value, question.length, 120)
    west, south = _corner(setting)
    east, north, _ = WGS84.fwd(west, south, 90, metres)
    return _points((west, south), (east, north))


def _area(question: AreaQuestion, value: Any, setting: Setting) -> str:
    return _points(*square(setting, _measure(value, question.size, 64) ** 0.5))


def square(setting: Setting, side: float) -> tuple[tuple[float, float], ...]:
    """The corners, longitude first, of a square of so many metres on the ground of an application."""
    west, south = _corner(setting)
    east, _, _ = WGS84.fwd(west, south, 90, side)
    _, north, _ = WGS84.fwd(west, south, 0, side)
    return (west, south), (east, south), (east, north), (west, north)


def parcel_of(question: Question, setting: Setting) -> str:
    """The number of the parcel that an application names; where the territory has parcels, `ground` makes it one."""
    return f"{sum(map(ord, question.id)) % 90 + 10}-{120_000 + setting.number}"


def _measure(value: Any, allowed: Range, usual: float) -> float:
    if value is not None:
        return float(value)
    least = float(allowed.from_.amount) if allowed.from_ else 0.0
    most = float(allowed.to.amount) if allowed.to else 4 * usual
    return min(max(usual, least), most * 0.9)


def _corner(setting: Setting) -> tuple[float, float]:
    return CORNER[0], CORNER[1] + setting.number * APART


def _points(*points: tuple[float, float]) -> str:
    return "\n".join(f"{latitude:.7f}, {longitude:.7f}" for longitude, latitude in points)


def _address(question: Question, value: Any, setting: Setting) -> dict[str, str]:
    # Two questions of one application mean two buildings.
    letter = chr(ord("A") + sum(map(ord, question.id)) % 26)
    address = {"building": f"{1000 + setting.number}{letter}", "road": "2413", "block": str(setting.block)}
    return address | ({"flat": "12"} if setting.number % 2 else {})


def _company(question: Question, value: Any, setting: Setting) -> dict[str, str]:
    names = {"ar": "شركة الخليج للمقاولات", "en": "Gulf Contracting Company"}
    return {"number": f"{12345 + setting.number}-1", "name": names[territory().languages[0]]}


def _phone(question: Question, value: Any, setting: Setting) -> str:
    form = territory().phone
    return f"+{form.country}" + str(36000000 + setting.number).ljust(form.digits, "0")[: form.digits]


def _money(question: MoneyQuestion, value: Any, setting: Setting) -> str:
    currency = territory().currency
    least, most = (Money.parse(bound, currency) if bound else None for bound in (question.from_, question.to))
    usual = Money.parse("25", currency)
    bounded = max(usual, least) if least else usual
    return str(value or (min(bounded, most) if most else bounded))


def _slot(question: SlotQuestion, value: Any, setting: Setting) -> str:
    places = slot_list(question.of).places
    return places[setting.number % len(places)].id


def _instrument(question: Question, value: Any, setting: Setting) -> str:
    if question.id not in setting.parents:
        raise CannotAnswer(f"{question.id}: no instrument was issued that it could name")
    return setting.parents[question.id]


_ANSWERS: dict[str, Callable[[Any, Any, Setting], Any]] = {
    "text": _writing,
    "long-text": _writing,
    "identifier": _identifier,
    "choice": _choice,
    "yes-no": _yes_no,
    "integer": _integer,
    "decimal": _decimal,
    "line": _line,
    "area": _area,
    "parcel": lambda question, value, setting: parcel_of(question, setting),
    "address": _address,
    "company": _company,
    "iban": lambda question, value, setting: IBAN,
    "phone": _phone,
    "email": lambda question, value, setting: "layla@people.example",
    "personal-number": lambda question, value, setting: str(850100000 + setting.number),
    "instrument": _instrument,
    "decision": _instrument,
    "money": _money,
    "slot": _slot,
}
