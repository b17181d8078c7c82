"""Answers as people read them: one sentence or line for each type of question, in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rukhsa.applications.models import Application
from rukhsa.catalogue.banks import bank_named
from rukhsa.catalogue.definition import heard
from rukhsa.catalogue.questions import ChoiceQuestion, DecimalQuestion, Question, SlotQuestion
from rukhsa.catalogue.slots import slot_list
from rukhsa.catalogue.territory import territory
from rukhsa.places.address import address_in_words
from rukhsa.places.block import areas_of
from rukhsa.review.recording import Recording
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.web.templatetags.texts import both_calendars, day, iban, money, text, unit


@dataclass(frozen=True, kw_only=True)
class AnswerShown:
    """A question with its answer in words; `answer` is empty where there is none."""

    question: Question
    ask: Text
    answer: SafeString | str
    is_unchecked: bool = False  # a number that nothing here could confirm
    is_wrong: bool = False  # something was typed that is no answer


def answer_shown(question: Question, value: Any) -> AnswerShown:
    """The answer to a question, ready for a page."""
    return AnswerShown(
        question=question,
        ask=question.ask,
        answer="" if value is None else in_words(question, value),
        is_unchecked=_is_unchecked(question, value),
    )


def _is_unchecked(question: Question, value: Any) -> bool:
    return question.type == "parcel" and value is not None and "measure" not in value


def recorded_shown(application: Application) -> list[AnswerShown]:
    """What the review recorded and what of it still counts, with who recorded it and when."""
    given = heard(application.definition, application.answers)
    newest = {
        each.question: each
        for each in Recording.objects.filter(application=application).select_related("person").order_by("id")
    }
    return [
        AnswerShown(
            question=question,
            ask=question.ask,
            answer=_recorded(question, given[question.id], newest),
            is_unchecked=_is_unchecked(question, given[question.id]),
        )
        for question in application.definition.recorded
        if question.id in given
    ]


def _recorded(question: Question, value: Any, newest: dict[str, Recording]) -> SafeString | str:
    words = in_words(question, value)
    row = newest.get(question.id)
    if row is None:
        return words
    return format_html(
        '{} <span class="quiet">(<bdi>{}</bdi>{}{})</span>',
        words,
        text(row.person.name),
        _(", "),
        day(row.at),
    )


def in_words(question: Question, value: Any) -> SafeString | str:
    """The value of an answer in words."""
    if isinstance(question, ChoiceQuestion):
        return text(question.options.get(value, Text(en=str(value))))
    if question.type in IN_WORDS:
        words: SafeString | str = IN_WORDS[question.type](question, value)
        return words
    return format_html('<span dir="auto" class="written">{}</span>', value)


def _yes_no(question: Question, value: str) -> str:
    return _("Yes") if value == "yes" else _("No")


def _date(question: Question, value: str) -> str:
    return both_calendars(value)


def _decimal(question: DecimalQuestion, value: Any) -> SafeString:
    return format_html('<bdi dir="ltr">{}</bdi> {}', value, unit(question.unit or ""))


def _money(question: Question, value: str) -> SafeString:
    return money(Money.parse(value, territory().currency))


def _slot(question: SlotQuestion, value: str) -> str:
    place = slot_list(question.of).place(value)
    return text(place.name) if place else value


def _code(question: Question, value: Any) -> SafeString:
    return format_html('<bdi dir="ltr" class="code">{}</bdi>', value)


def _iban(question: Question, value: str) -> SafeString:
    bank = bank_named(value)
    named = format_html(' <bdi class="bank">{}</bdi>', text(bank)) if bank else ""
    return format_html("{}{}", iban(value), named)


def _company(question: Question, value: dict[str, str]) -> SafeString:
    return format_html('<bdi>{}</bdi> <bdi dir="ltr" class="code">{}</bdi>', value["name"], value["number"])


def _address(question: Question, value: dict[str, Any]) -> str:
    return text(address_in_words(value, areas=areas_of([value["block"]], on=timezone.localdate())))


def _drawing(question: Question, value: dict[str, Any]) -> SafeString:
    count = _points(value.get("geometry", {}))
    points = ngettext("%(count)s point", "%(count)s points", count) % {"count": count}
    measure, measured_in = value["measure"], unit("m" if question.type == "line" else "m2")
    return format_html('{}{}<bdi dir="ltr">{}</bdi> {}', points, _(", "), measure, measured_in)


def _points(geometry: dict[str, Any]) -> int:
    coordinates = geometry.get("coordinates", [])
    return len(coordinates[0]) - 1 if geometry.get("type") == "Polygon" else len(coordinates)


def _parcel(question: Question, value: dict[str, Any]) -> SafeString:
    number = _code(question, value["number"])
    if "measure" not in value:
        return number
    size = format_html('<bdi dir="ltr">{}</bdi> {}', value["measure"], unit("m2"))
    return format_html(
        "{0}{1}{2}{1}{3} {4}", number, _(", "), size, _("Block"), _code(question, value["block"])
    )


IN_WORDS: dict[str, Any] = {
    "yes-no": _yes_no,
    "date": _date,
    "decimal": _decimal,
    "integer": _code,
    "company": _company,
    "address": _address,
    "line": _drawing,
    "area": _drawing,
    "identifier": _code,
    "parcel": _parcel,
    "iban": _iban,
    "phone": _code,
    "email": _code,
    "personal-number": _code,
    "instrument": _code,
    "decision": _code,
    "money": _money,
    "slot": _slot,
}
