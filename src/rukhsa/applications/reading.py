"""How each type of answer is read: what may be typed, what it becomes, and what is said when it cannot be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.catalogue.banks import BadAccountNumber, read_account_number
from rukhsa.catalogue.facts import day_of
from rukhsa.catalogue.questions import (
    AreaQuestion,
    ChoiceQuestion,
    DateQuestion,
    DecimalQuestion,
    IdentifierQuestion,
    IntegerQuestion,
    LineQuestion,
    MoneyQuestion,
    ParcelQuestion,
    Question,
    SlotQuestion,
    WritingQuestion,
)
from rukhsa.catalogue.sentence import day_in_words, in_language_of_page
from rukhsa.catalogue.shape import Moment, Range
from rukhsa.catalogue.slots import slot_list
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.places.address import AddressError, parse_address
from rukhsa.places.geometry import GeometryError, parse_area, parse_line
from rukhsa.places.parcel import NoSuchParcel, UnreadableParcel, parcel_number, parcel_on
from rukhsa.values import identifiers
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text
from rukhsa.values.writing import WritingError, clean, latin_digits

LONGEST_NAME = 160  # of a company, in characters, as the register has it
# A day beyond these is a slip of the finger, and nothing could be counted from it.
EARLIEST_DAY, LATEST_DAY = date(1850, 1, 1), date(2200, 1, 1)


class BadAnswer(RukhsaError):
    """An answer that cannot be taken, with a sentence that says what to write instead."""

    def __init__(self, code: str, text: Promise | str, part: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.part = part


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a reader may lean on: today, the answers read before, and how their questions are asked."""

    on: date
    values: Mapping[str, Any]
    asks: Mapping[str, Text] = field(default_factory=dict)


Reader = Callable[[Any, Any, Context], Any]


def read_writing(question: WritingQuestion, typed: Any, context: Context) -> str:
    """Clean text of at most the allowed length."""
    try:
        text = clean(str(typed), lines=question.type == "long-text")
    except WritingError as error:
        raise BadAnswer(
            "text-unprintable", _("Some characters cannot be printed. Type the text again.")
        ) from error
    _not_longer(text, question.at_most)
    return text


def read_identifier(question: IdentifierQuestion, typed: Any, context: Context) -> str:
    """A number or a code in its one form, of at most the allowed length."""
    try:
        written = identifiers.parse_identifier(str(typed))
    except identifiers.IdentifierError as error:
        hint = _("Write it in Latin letters and digits, such as 0701-2034.")
        raise BadAnswer("identifier-unreadable", hint) from error
    _not_longer(written, question.at_most)
    return written


def read_choice(question: ChoiceQuestion, typed: Any, context: Context) -> str:
    """The id of one of the options."""
    if str(typed) not in question.options:
        raise BadAnswer("choice-unknown", _("Choose one of the list."))
    return str(typed)


def read_yes_no(question: Question, typed: Any, context: Context) -> str:
    """ "yes" or "no"."""
    if str(typed) not in {"yes", "no"}:
        raise BadAnswer("choice-unknown", _("Choose yes or no."))
    return str(typed)


def read_integer(question: IntegerQuestion, typed: Any, context: Context) -> int:
    """A whole number within its bounds; Arabic digits are understood."""
    text = latin_digits(str(typed)).strip()
    if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 12:
        raise BadAnswer("number-unreadable", _("Write a whole number, such as 12."))
    number = int(text)
    _bounded(number, question.from_, question.to)
    return number


def read_decimal(question: DecimalQuestion, typed: Any, context: Context) -> str:
    """A number with at most the question's decimals, as text; the Arabic decimal mark is understood."""
    text = latin_digits(str(typed)).strip().replace("٫", ".").replace("،", ".")
    if not text.isascii() or text.lower().strip("-0123456789.") or len(text) > 15:
        raise BadAnswer("number-unreadable", _("Write a number, such as 12.5."))
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadAnswer("number-unreadable", _("Write a number, such as 12.5.")) from error
    if number != round(number, question.decimals):
        many = format_lazy(_("Write at most {most} digits after the point."), most=question.decimals)
        raise BadAnswer("number-too-fine", many)
    _bounded(number, question.from_, question.to)
    return str(number)


def read_date(question: DateQuestion, typed: Any, context: Context) -> str:
    """A day as "2026-12-01", not before the earliest and not after the latest allowed."""
    try:
        day = date.fromisoformat(latin_digits(str(typed)).strip())
    except ValueError as error:
        raise BadAnswer("date-unreadable", _("Choose a date, or write it as 2026-12-01.")) from error
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise BadAnswer("date-unreadable", _("Choose a date, or write it as 2026-12-01."))
    earliest, latest = (_day_of(moment, context) for moment in (question.earliest, question.latest))
    if earliest and day < earliest:
        limit = format_lazy(_("Choose {day} or a later day."), day=day_in_words(earliest))
        raise BadAnswer("date-too-early", _because(limit, question.earliest, context))
    if latest and day > latest:
        limit = format_lazy(_("Choose {day} or an earlier day."), day=day_in_words(latest))
        raise BadAnswer("date-too-late", _because(limit, question.latest, context))
    return day.isoformat()


def _because(limit: Promise | str, moment: Moment | None, context: Context) -> Promise | str:
    """A limit, with the earlier answer from which it counts."""
    if moment is None or moment.anchor not in context.asks:
        return limit
    ask, answer = context.asks[moment.anchor], _day(context.values[moment.anchor])
    words = _("{limit} Your answer to “{question}” was {answer}.")
    return format_lazy(words, limit=limit, question=in_language_of_page(ask), answer=day_in_words(answer))


def read_line(question: LineQuestion, typed: Any, context: Context) -> dict[str, Any]:
    """A line of at least two points: GeoJSON coordinates, or "latitude, longitude" one a line."""
    try:
        line = parse_line(str(typed))
    except GeometryError as error:
        hint = _("Draw the line, or write one point a line: latitude, longitude, such as 26.2235, 50.5876.")
        raise BadAnswer(error.code, hint) from error
    _measured(Decimal(line["measure"]), question.length)
    return line


def read_area(question: AreaQuestion, typed: Any, context: Context) -> dict[str, Any]:
    """A closed area of at least three corners."""
    try:
        area = parse_area(str(typed))
    except GeometryError as error:
        hint = _("Draw the area, or write one corner a line: latitude, longitude, such as 26.2235, 50.5876.")
        raise BadAnswer(error.code, hint) from error
    _measured(Decimal(area["measure"]), question.size)
    return area


def read_parcel(question: ParcelQuestion, typed: Any, context: Context) -> dict[str, Any]:
    """The number of a parcel, with its area and block where the territory has parcels; otherwise as it is written."""
    try:
        number = parcel_number(str(typed))
        _not_longer(number, question.at_most)
        if not territory().parcels:
            return {"number": number}
        parcel = parcel_on(number, on=context.on)
        return {"number": number, "measure": str(parcel.measure), "block": parcel.block_id}
    except UnreadableParcel as error:
        hint = _("Write the number of the parcel as the title deed has it, such as 03-120045.")
        raise BadAnswer(error.code, hint) from error
    except NoSuchParcel as error:
        hint = _("There is no parcel of this number. Copy it from the title deed.")
        raise BadAnswer(error.code, hint) from error


def read_address(question: Question, typed: Any, context: Context) -> dict[str, Any]:
    """An address of the territory's form, in a block that exists."""
    try:
        return parse_address(typed if isinstance(typed, Mapping) else {}, on=context.on)
    except AddressError as error:
        raise BadAnswer(error.code, error.text, part=error.part) from error


def read_company(question: Question, typed: Any, context: Context) -> dict[str, str]:
    """A commercial registration, with the company's name."""
    given = typed if isinstance(typed, Mapping) else {"number": typed}
    name = _name_of_company(str(given.get("name", "")))
    if not name:
        raise BadAnswer("company-name-missing", _("Write the company's name."), part="name")
    try:
        number = identifiers.parse_registration(str(given.get("number", "")))
    except identifiers.IdentifierError as error:
        hint = _("Write the number of the commercial registration, such as 12345-1.")
        raise BadAnswer("registration-unreadable", hint, part="number") from error
    return {"number": number, "name": name}


def _name_of_company(typed: str) -> str:
    try:
        name = clean(typed)
    except WritingError as error:
        unprintable = _("Some characters cannot be printed. Type the text again.")
        raise BadAnswer("text-unprintable", unprintable, part="name") from error
    _not_longer(name, LONGEST_NAME, part="name")
    return name


def read_money(question: MoneyQuestion, typed: Any, context: Context) -> str:
    """An amount in the territory's currency, with all its decimals: "25.000"."""
    text = latin_digits(str(typed)).strip().replace("٫", ".")
    currency = territory().currency
    try:
        amount = Money.parse(text, currency)
        least, most = (
            Money.parse(each, currency) if each else None for each in (question.from_, question.to)
        )
    except MoneyError as error:
        hint = format_lazy(
            _("Write an amount, such as {example}."), example=str(Money(minor=25_500, currency=currency))
        )
        raise BadAnswer("amount-unreadable", hint) from error
    if amount.minor < 0 or len(text) > 12:
        raise BadAnswer("number-too-large", _("This is not an amount that can be asked for."))
    if least and amount < least:
        raise BadAnswer("number-too-small", format_lazy(_("Write {least} or more."), least=str(least)))
    if most and amount > most:
        raise BadAnswer("number-too-large", format_lazy(_("Write {most} or less."), most=str(most)))
    return str(amount)


def read_slot(question: SlotQuestion, typed: Any, context: Context) -> str:
    """The id of one of the places of the list."""
    if slot_list(question.of).place(str(typed)) is None:
        raise BadAnswer("choice-unknown", _("Choose one of the list."))
    return str(typed)


def read_email(question: Question, typed: Any, context: Context) -> str:
    """A mail address."""
    text = str(typed).strip()
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadAnswer("email-unreadable", _("Write a mail address, such as name@example.com.")) from error
    return text


def read_iban(question: Question, typed: Any, context: Context) -> str:
    """The number of an account, of a bank that is known where its country's banks are."""
    try:
        return read_account_number(str(typed))
    except BadAccountNumber as error:
        raise BadAnswer(error.code, error.text) from error


def _identifier(parse: Callable[[str], str], code: str, hint: Promise | str) -> Reader:
    def read(question: Question, typed: Any, context: Context) -> str:
        try:
            return parse(str(typed))
        except identifiers.IdentifierError as error:
            raise BadAnswer(code, hint) from error

    return read


def _day_of(moment: Moment | None, context: Context) -> date | None:
    """The day of a moment such as "3 working days after submission"; None while its anchor is unknown."""
    anchors = {**context.values, "submission": context.on}
    if moment is None or anchors.get(moment.anchor) is None:
        return None
    return day_of(moment, {moment.anchor: _day(anchors[moment.anchor])}, territory().calendar)


def _day(anchor: Any) -> date:
    return anchor if isinstance(anchor, date) else date.fromisoformat(str(anchor))


def _not_longer(written: str, most: int, *, part: str = "") -> None:
    if len(written) > most:
        limit = format_lazy(_("Write at most {most} characters."), most=most)
        raise BadAnswer("text-too-long", limit, part=part)


def _bounded(number: Decimal | int, least: Decimal | int | None, most: Decimal | int | None) -> None:
    if least is not None and number < least:
        raise BadAnswer("number-too-small", format_lazy(_("Write {least} or more."), least=least))
    if most is not None and number > most:
        raise BadAnswer("number-too-large", format_lazy(_("Write {most} or less."), most=most))


def _measured(measure: Decimal, allowed: Range) -> None:
    if allowed.from_ and measure < allowed.from_.amount:
        raise BadAnswer(
            "drawn-too-small", format_lazy(_("It must be at least {least}."), least=str(allowed.from_))
        )
    if allowed.to and measure > allowed.to.amount:
        raise BadAnswer("drawn-too-large", format_lazy(_("It must be at most {most}."), most=str(allowed.to)))


READERS: dict[str, Reader] = {
    "text": read_writing,
    "long-text": read_writing,
    "identifier": read_identifier,
    "choice": read_choice,
    "yes-no": read_yes_no,
    "integer": read_integer,
    "decimal": read_decimal,
    "date": read_date,
    "line": read_line,
    "area": read_area,
    "parcel": read_parcel,
    "address": read_address,
    "company": read_company,
    "email": read_email,
    "money": read_money,
    "slot": read_slot,
    "iban": read_iban,
    "phone": _identifier(
        identifiers.parse_phone, "phone-unreadable", _("Write a telephone number, such as 3600 1234.")
    ),
    "personal-number": _identifier(
        identifiers.parse_personal_number,
        "personal-number-unreadable",
        _("A personal number has nine digits."),
    ),
    "decision": _identifier(
        identifiers.parse_number,
        "number-mistyped",
        _("Copy the number of the application, such as CAP-2026-000123-K."),
    ),
    "instrument": _identifier(
        identifiers.parse_number,
        "number-mistyped",
        _("Copy the number as it is printed, such as CAP-RW-2026-004217-7."),
    ),
}
