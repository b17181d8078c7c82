"""A day as people write it: every form that can mean one day only, and what is said of the others."""

import calendar
import re
from argparse import ArgumentTypeError
from datetime import date
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import get_month_names

from rukhsa.errors import RukhsaError
from rukhsa.values.writing import WritingError, folded

_YEAR_FIRST: Final = re.compile(r"(\d{4}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{1,2})")
_YEAR_LAST: Final = re.compile(r"(\d{1,2}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{4})")
# "20 December 2026", "20-Dec-2026", "the 20th of December, 2026" without its small words, "December 20, 2026".
_DAY_AND_NAME: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ .-]*([^\W\d_]+)[ .,،-]*(\d{4})")
_NAME_AND_DAY: Final = re.compile(r"([^\W\d_]+)[ .-]*(\d{1,2})(?:st|nd|rd|th)?[ .,،-]+(\d{4})")
_ERA: Final = re.compile(r" ?(م|ميلادي|ه|هجري)\.?$")
_DASHES: Final = str.maketrans("‐‑‒–—−؍", "------/")
_HIJRI_YEARS: Final = range(1300, 1501)  # no day that anyone writes in a form lies in these years of ours


class DayUnreadable(RukhsaError, ValueError):
    """A text that is no day, or that could be two."""

    code = "date-unreadable"


class MonthTooShort(DayUnreadable):
    """The month has no such day."""

    def __init__(self, month: date, days: int) -> None:
        super().__init__(month.isoformat())
        self.month = month  # its first day
        self.days = days


class MonthFirst(DayUnreadable):
    """The second of two numbers is no month: the month stands before the day, or it is a slip."""


class HijriYear(DayUnreadable):
    """A year of the Hijri calendar, whose months begin as they are announced."""


def read_day(text: str, *, day_first: bool = True) -> date:
    """The day that a text means, in either set of digits, with the month as a number or by its name in two languages.

    Of two numbers before a year the first is the day. Where the custom is the other one (`day_first` is false), two
    that could both be the month are refused. Raises DayUnreadable.
    """
    try:
        plain = folded(text).translate(_DASHES)
    except WritingError as error:
        raise DayUnreadable(text) from error
    if match := _ERA.search(plain):
        if match[1].startswith("ه"):
            raise HijriYear(text)
        plain = plain[: match.start()]
    if match := _YEAR_FIRST.fullmatch(plain):
        year, _mark, month, day = match.groups()
        return _day(int(year), int(month), int(day))
    if match := _YEAR_LAST.fullmatch(plain):
        first, _mark, second, year = match.groups()
        return _of_two(int(year), int(first), int(second), day_first)
    if match := _DAY_AND_NAME.fullmatch(plain):
        day, name, year = match.groups()
        return _day(int(year), _months().get(name, 0), int(day))
    if match := _NAME_AND_DAY.fullmatch(plain):
        name, day, year = match.groups()
        return _day(int(year), _months().get(name, 0), int(day))
    try:
        return date.fromisoformat(plain)  # 20261220
    except ValueError as error:
        raise DayUnreadable(text) from error


def day_given(text: str) -> date:
    """The day of a command's argument. Raises ArgumentTypeError, whose words argparse prints.

    Who types it may be of any custom, so `03/12/2026` is refused.
    """
    try:
        return read_day(text, day_first=False)
    except MonthTooShort as error:
        raise ArgumentTypeError(f"{text!r} is no day: {error.month:%B %Y} has {error.days} days") from None
    except DayUnreadable:
        raise ArgumentTypeError(f"{text!r} is no day: write it as 2026-12-31") from None


@lru_cache(maxsize=16)
def writes_day_first(country: str | None) -> bool:
    """Whether the custom of a country (ISO 3166) writes the day before the month, as Unicode's CLDR knows it.

    So it does where it writes the year first, and where no country is said.
    """
    if country is None:
        return True
    written = Locale.parse(f"und_{country}").date_formats["short"].pattern
    return not written.startswith("M")


def _of_two(year: int, first: int, second: int, day_first: bool) -> date:
    """The day of two numbers: the first is the day, unless that could be and is not the custom."""
    if day_first:
        if second > 12 >= first:
            raise MonthFirst(f"{first}/{second}/{year}")
        return _day(year, second, first)
    if first <= 12 and second <= 12 and first != second:
        raise DayUnreadable(f"{first}/{second}/{year}")
    return _day(year, first, second) if first <= 12 else _day(year, second, first)


def _day(year: int, month: int, day: int) -> date:
    if year in _HIJRI_YEARS:
        raise HijriYear(str(year))
    if not (1 <= month <= 12 and year and day):
        raise DayUnreadable(f"{year}-{month}-{day}")
    days = calendar.monthrange(year, month)[1]
    if day > days:
        raise MonthTooShort(date(year, month, 1), days)
    return date(year, month, day)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """The months by their names, folded, whole and short, in English and in Arabic of the Gulf."""
    return {
        folded(name).rstrip("."): month
        for locale in ("en_GB", "en_US", "ar")
        for width in ("wide", "abbreviated")
        for month, name in get_month_names(width, locale=locale).items()
    }
