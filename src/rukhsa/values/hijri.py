"""The Hijri calendar as Umm al-Qura reckons it: a day beside the Gregorian one, and the days of a month."""

from datetime import date, timedelta
from typing import Literal

from hijridate import Gregorian, Hijri
from hijridate.ummalqura import GREGORIAN_RANGE

from rukhsa.values.periods import Period


def hijri_day(day: date) -> tuple[int, int, int] | None:
    """Year, month (9 is Ramadan) and day; None outside the tables of Umm al-Qura (1924-08-01 to 2077-11-16)."""
    found = _hijri(day)
    return found.datetuple() if found else None


def hijri_month(year: int, month: int) -> Period:
    """The days of a month. ValueError or OverflowError: no month, or a year outside the tables (1343 to 1500)."""
    first = Hijri(year, month, 1)
    start = date(*first.to_gregorian().datetuple())
    return Period(start=start, end=start + timedelta(days=first.month_length() - 1))


def from_hijri(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Hijri one. ValueError or OverflowError: no such day, or one outside the tables."""
    return date(*Hijri(year, month, day).to_gregorian().datetuple())


def hijri_months(language: Literal["ar", "en"]) -> dict[str, int]:
    """The names of the months with their numbers, "ar" or "en"."""
    return {Hijri(1440, month, 1).month_name(language): month for month in range(1, 13)}


def hijri_in_words(day: date, language: str) -> str:
    """ "15 ربيع الأول 1442 هـ" or "15 Rabi' al-Awwal 1442 AH"; "" outside the tables."""
    found = _hijri(day)
    if found is None:
        return ""
    if language == "ar":
        return f"{found.day} {found.month_name('ar')} {found.year} هـ"
    return f"{found.day} {found.month_name('en')} {found.year} AH"


def _hijri(day: date) -> Hijri | None:
    first, last = (date(*edge) for edge in GREGORIAN_RANGE)
    return Gregorian.fromdate(day).to_hijri() if first <= day <= last else None
