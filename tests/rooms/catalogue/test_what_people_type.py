"""What people type into a question: one meaning is understood, and the rest is asked again with what to enter."""

from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from rukhsa.catalogue.questions.date import DateQuestion
from rukhsa.catalogue.questions.hours import HoursQuestion
from rukhsa.catalogue.questions.integer import IntegerQuestion
from rukhsa.catalogue.questions.question import Question
from rukhsa.catalogue.questions.time import TimeQuestion
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.values.names import Text
from rukhsa.web.fields import field_of

CONTEXT = Context(on=date(2026, 11, 24), values={})
ASK = Text(ar="؟", en="?")
CHAIRS = IntegerQuestion(id="chairs", type="integer", ask=ASK)
DAY = DateQuestion(id="day", type="date", ask=ASK)
TIME = TimeQuestion(id="time", type="time", ask=ASK)
HOURS = HoursQuestion(id="hours", type="hours", ask=ASK)


@pytest.mark.parametrize(
    "typed", ["1500", "1,500", "١٬٥٠٠", "١،٥٠٠", "1 500", "1\u00a0500", "1\u202f500", "١ ٥٠٠", "۱٬۵۰۰"]
)
def test_a_mark_between_groups_of_three_parts_thousands_in_a_whole_number(typed: str) -> None:
    assert CHAIRS.read(typed, CONTEXT) == 1500


@pytest.mark.parametrize(("typed", "number"), [("1,500,000", 1_500_000), ("-2 000", -2000), ("12", 12)])
def test_every_group_is_read(typed: str, number: int) -> None:
    assert CHAIRS.read(typed, CONTEXT) == number


@pytest.mark.parametrize(
    "typed",
    ["1,50", "0,500", "1,5000", "15,00", "1.500", "1,500 000", "1 2", ",500", "1,500,", "1 500 000 000 000"],
)
def test_a_mark_that_parts_no_thousands_is_asked_again(typed: str) -> None:
    assert _refusal(CHAIRS, typed)[0] == "number-unreadable"


@pytest.mark.parametrize("typed", ["20/12/2026", "20-12-2026", "20.12.2026", "2026/12/20", "٢٠/١٢/٢٠٢٦"])
def test_a_day_is_understood_and_stands_in_the_control_as_it_is_kept(typed: str) -> None:
    assert DAY.read(typed, CONTEXT) == "2026-12-20"
    assert 'value="2026-12-20"' in _page(DAY, typed)


def test_the_day_comes_before_the_month_and_is_told_back_in_words() -> None:
    answer = DAY.read("05/06/2026", CONTEXT)
    assert answer == "2026-06-05"
    assert DAY.in_words(answer) == (date(2026, 6, 5),)


@pytest.mark.parametrize(
    ("typed", "english", "arabic"),
    [
        ("2026-02-30", "February 2026 has 28 days.", "عدد أيام فبراير 2026 هو 28 يومًا."),
        (
            "12/20/2026",
            "Enter the day before the month, like 20/12/2026.",
            "أدخل اليوم قبل الشهر، مثل \u206620/12/2026\u2069.",
        ),
        (
            "1448-06-11",
            "Enter the date in the Gregorian calendar, like 2026-12-01.",
            "أدخل التاريخ الميلادي، مثل \u20662026-12-01\u2069.",
        ),
        ("tomorrow", "Enter a date, like 2026-12-01.", "أدخل تاريخًا، مثل \u20662026-12-01\u2069."),
    ],
)
def test_what_is_wrong_with_a_day_is_said_in_both_languages(typed: str, english: str, arabic: str) -> None:
    assert _refusal(DAY, typed) == ("date-unreadable", english, arabic)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("4:00 PM", "16:00"),
        ("4 pm", "16:00"),
        ("4pm", "16:00"),
        ("4.30 p.m.", "16:30"),
        ("٤:٠٠ م", "16:00"),
        ("٤ مساءً", "16:00"),
        ("4 عصرًا", "16:00"),
        ("١٢ ظهرًا", "12:00"),
        ("8 ص", "08:00"),
        ("8:15 صباحًا", "08:15"),
        ("16.00", "16:00"),
        ("1600", "16:00"),
        ("16:00 PM", "16:00"),
        ("12:00 PM", "12:00"),
        ("12:30 am", "00:30"),
    ],
)
def test_a_time_is_understood_and_stands_in_the_control_as_it_is_kept(typed: str, answer: str) -> None:
    assert TIME.read(typed, CONTEXT) == answer
    assert f'value="{answer}"' in _page(TIME, typed)
    assert HOURS.read({"from": typed, "until": "23:59"}, CONTEXT) == f"{answer}-23:59"


def test_hours_in_one_line_are_read_by_clocks_of_twelve_hours() -> None:
    assert HOURS.read("4 pm - 11 pm", CONTEXT) == "16:00-23:00"
    assert 'value="16:00"' in _page(HOURS, {"from": "4 pm", "until": "11 pm"})


@pytest.mark.parametrize(
    "typed", ["4", "16", "16 am", "0 pm", "13 ص", "12 مساءً", "9 ظهرا", "24:00", "4:0 pm", "\x00"]
)
def test_a_time_that_could_be_two_or_none_is_asked_again(typed: str) -> None:
    assert _refusal(TIME, typed)[:2] == ("time-unreadable", "Enter a time, like 08:30.")


def _refusal(question: Question, typed: str) -> tuple[str, str, str]:
    with pytest.raises(BadAnswer) as refused:
        question.read(typed, CONTEXT)
    with translation.override("en"):
        english = str(refused.value.text)
    with translation.override("ar"):
        return refused.value.code, english, str(refused.value.text)


def _page(question: Question, typed: Any) -> str:
    field = field_of(question, typed, None)
    return render_to_string(field.template, {"field": field})
