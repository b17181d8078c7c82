"""Answers in words: one sentence or line for each type of question, in the reader's language."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import effective_answers
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.pieces import Account, Code, Name, Piece, Size, Written
from rukhsa.review.recording import Recording
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.web.templatetags.texts import both_calendars, code, day, iban, money, text, unit


@dataclass(frozen=True, kw_only=True)
class AnswerShown:
    """A question with its answer in words; `answer` is empty if there is none."""

    question: Question
    ask: Text
    answer: SafeString | str
    is_unchecked: bool = False  # a number that could not be confirmed
    is_wrong: bool = False  # something was typed that is not a valid answer
    drawn: dict[str, Any] | None = None  # the GeoJSON geometry of what was drawn
    is_told: bool = False  # eKey gave it
    is_changed: bool = False  # since the submission before, when it was `before`
    before: SafeString | str = ""


def answer_shown(question: Question, value: Any, *, is_told: bool = False) -> AnswerShown:
    """The answer to a question, ready for a page."""
    return AnswerShown(
        question=question,
        ask=question.ask,
        answer="" if value is None else in_words(question, value),
        is_unchecked=question.is_unchecked(value),
        drawn=value["geometry"] if question.is_drawn and value else None,
        is_told=is_told,
    )


def recorded_shown(application: Application) -> list[AnswerShown]:
    """What the review recorded, whether it still counts, and who recorded it when."""
    given = effective_answers(application.definition, application.answers)
    newest = {
        each.question: each
        for each in Recording.objects.filter(application=application).select_related("person").order_by("id")
    }
    return [
        AnswerShown(
            question=question,
            ask=question.ask,
            answer=_recorded(question, given[question.id], newest),
            is_unchecked=question.is_unchecked(given[question.id]),
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
    shown = [_shown(piece) for piece in question.in_words(value)]
    return shown[0] if len(shown) == 1 else format_html_join("", "{}", ((each,) for each in shown))


def _shown(piece: Piece) -> SafeString | str:
    match piece:
        case Written():
            return format_html('<span dir="auto" class="written">{}</span>', piece.text)
        case Name():
            return format_html("<bdi>{}</bdi>", piece.text)
        case Code():
            return code(piece.text)
        case Size():
            return format_html('<bdi dir="ltr">{}</bdi> {}', piece.number, unit(piece.unit))
        case Account():
            bank = format_html(' <bdi class="bank">{}</bdi>', text(piece.bank)) if piece.bank else ""
            return format_html("{}{}", iban(piece.iban), bank)
        case Money():
            return money(piece)
        case date():
            return both_calendars(piece)
        case Text():
            return text(piece)
    return str(piece)
