"""Dates as documents print them: in words, by the Gregorian calendar, with Latin digits."""

from datetime import date

from rukhsa.values.names import Text

ARABIC_MONTHS = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)
ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def in_words(day: date) -> Text:
    """The date in words: 1 نوفمبر 2020, 1 November 2020."""
    return Text(
        ar=f"{day.day} {ARABIC_MONTHS[day.month - 1]} {day.year}",
        en=f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}",
    )
