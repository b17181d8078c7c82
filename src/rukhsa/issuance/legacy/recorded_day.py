"""Days as a register recorded them: a whole day, a month or a year, and never more exact than it was written."""

import re
from datetime import date, timedelta
from typing import Final

from rukhsa.errors import RukhsaError
from rukhsa.issuance.legacy.mapping import DayPart
from rukhsa.values.hijri import from_hijri
from rukhsa.values.writing import latin_digits

# The midnight that spreadsheets and databases write behind a day.
_TIME: Final = re.compile(r"[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?$", re.IGNORECASE)
_ORDINAL: Final = re.compile(r"(?<=\d)(er|st|nd|rd|th|ère|º|ª|°)(?!\w)", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s./,،\-\u2010-\u2015]+")
_LITTLE_WORDS: Final = frozenset({"de", "del", "di", "d", "of", "do", "da"})
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_FIRST_OF_MARCH_1900: Final = (
    61  # Excel has a 29 February 1900; its earlier days are not those of the calendar
)
_ORDERS: Final = {
    "year-month-day": ("year", "month", "day"),
    "day-month-year": ("day", "month", "year"),
    "month-day-year": ("month", "day", "year"),
    "year-month": ("year", "month"),
    "month-year": ("month", "year"),
    "year": ("year",),
}
_WIDTHS: Final = {"year": 4, "month": 2, "day": 2}


class NoSuchDay(RukhsaError, ValueError):
    """The cell is not a day in the form of the mapping."""

    code = "wrong-date"


def read_day(text: str, part: DayPart) -> str:
    """A cell as 2019-03-04, 2019-03 or 2019, as its form allows. Raises NoSuchDay."""
    try:
        return _read(latin_digits(text).strip(), part)
    except (ValueError, OverflowError) as error:
        raise NoSuchDay(f"{text!r} is not a day that is written {part.form} ({error})") from error


def whole_day(recorded: str) -> date | None:
    """The day, if the register recorded a whole one."""
    return date.fromisoformat(recorded) if len(recorded) == 10 else None


def _read(text: str, part: DayPart) -> str:
    if part.form == "excel":
        return _of_excel(text).isoformat()
    found = dict(zip(_ORDERS[part.form], _numbers(text, part), strict=True))
    year = _year(found["year"], part)
    month, day = (int(found.get(each, "1")) for each in ("month", "day"))
    if part.calendar == "hijri":
        return from_hijri(year, month, day).isoformat()
    whole = date(year, month, day).isoformat()
    return whole[: {1: 4, 2: 7, 3: 10}[len(found)]]


def _numbers(text: str, part: DayPart) -> list[str]:
    """The numbers in the order in which they are written, month names among them."""
    order = _ORDERS[part.form]
    bare = _named_as_numbers(_ORDINAL.sub("", _TIME.sub("", text)).casefold(), part.names)
    words = [word for word in _BETWEEN.split(bare.replace("'", " ")) if word and word not in _LITTLE_WORDS]
    if len(words) == 1 and len(order) > 1 and len(words[0]) == sum(_WIDTHS[each] for each in order):
        words = _cut(words[0], order)
    if len(words) != len(order) or not all(re.fullmatch("[0-9]{1,4}", word) for word in words):
        raise ValueError("its parts are others")
    return words


def _named_as_numbers(text: str, names: dict[str, int]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}\.?(?!\w)", f" {names[name]} ", text)
    return text


def _cut(digits: str, order: tuple[str, ...]) -> list[str]:
    """The parts of a day that is written without separators, such as 20190304."""
    parts = []
    for each in order:
        parts.append(digits[: _WIDTHS[each]])
        digits = digits[_WIDTHS[each] :]
    return parts


def _year(written: str, part: DayPart) -> int:
    if len(written) == 4:
        return int(written)
    if len(written) != 2 or part.two_digit_years_from is None:
        raise ValueError("the year has not four digits; two are read with two-digit-years-from: 1950")
    first = int(part.two_digit_years_from)
    return first + (int(written) - first) % 100


def _of_excel(text: str) -> date:
    number = re.fullmatch(r"(\d{1,6})([.,]\d+)?", text)
    if number is None or int(number[1]) < _FIRST_OF_MARCH_1900:
        raise ValueError("a day of Excel is its number of days since 1900, such as 43528")
    return _EXCEL_EPOCH + timedelta(days=int(number[1]))
