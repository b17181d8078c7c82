"""A day as people write it: one meaning is understood, two are asked again."""

from datetime import date

import pytest

from rukhsa.values.written_day import (
    DayUnreadable,
    HijriYear,
    MonthFirst,
    MonthTooShort,
    read_day,
    writes_day_first,
)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-20",
        " 2026/12/20 ",
        "2026.12.20",
        "20261220",
        "20/12/2026",
        "20-12-2026",
        "20.12.2026",
        "20 / 12 / 2026",
        "20 12 2026",
        "20–12–2026",
        "٢٠/١٢/٢٠٢٦",
        "٢٠٢٦-١٢-٢٠",
        "\u200f٢٠؍١٢؍٢٠٢٦ م",
        "۲۰/۱۲/۲۰۲۶",
        "20 December 2026",
        "20th December, 2026",
        "20-Dec-2026",
        "Dec. 20, 2026",
        "٢٠ ديسمبر ٢٠٢٦",
        "20 ديسمبر 2026م",
    ],
)
def test_a_day_with_one_meaning_is_understood(text: str) -> None:
    assert read_day(text) == date(2026, 12, 20)


def test_of_two_numbers_that_could_both_be_the_month_the_first_is_the_day_where_that_is_the_custom() -> None:
    assert read_day("05/06/2026") == date(2026, 6, 5)
    with pytest.raises(DayUnreadable):
        read_day("05/06/2026", day_first=False)
    assert read_day("06/06/2026", day_first=False) == date(2026, 6, 6)
    assert read_day("12/20/2026", day_first=False) == date(2026, 12, 20)
    assert read_day("20/12/2026", day_first=False) == date(2026, 12, 20)
    with pytest.raises(MonthFirst):
        read_day("12/20/2026")


def test_the_custom_is_that_of_the_country() -> None:
    assert [writes_day_first(country) for country in ("BH", "GB", "PL", "SE", None)] == [True] * 5
    assert not writes_day_first("US")


@pytest.mark.parametrize(
    ("text", "days"), [("2026-02-30", 28), ("30/02/2028", 29), ("31 November 2026", 30), ("2026-12-32", 31)]
)
def test_a_day_that_a_month_has_not_is_told_with_the_days_that_it_has(text: str, days: int) -> None:
    with pytest.raises(MonthTooShort) as refused:
        read_day(text)
    assert refused.value.days == days


@pytest.mark.parametrize("text", ["1448-06-11", "11/6/1448", "30/2/1448", "11 رجب 1448", "11/6/1448 هـ"])
def test_a_day_of_the_hijri_calendar_is_no_day_of_ours(text: str) -> None:
    with pytest.raises(HijriYear):
        read_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "20/12/26",
        "20-12/2026",
        "2026-13-01",
        "0/1/2026",
        "20 Foo 2026",
        "2026",
        "2\x0026-12-20",
    ],
)
def test_what_is_no_day_or_could_be_two_is_asked_again(text: str) -> None:
    with pytest.raises(DayUnreadable) as refused:
        read_day(text)
    assert type(refused.value) is DayUnreadable
