"""Seasons by the Gregorian year and by the Hijri month, and the Hijri day beside the Gregorian."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.values.hijri import hijri_day, hijri_in_words, hijri_month
from rukhsa.values.periods import Period
from rukhsa.values.seasons import Season, SeasonError

CAMPING = Season(first=(11, 20), last=(3, 20))
RAMADAN = Season(hijri_month=9)
DAYS = st.dates(date(1930, 1, 1), date(2070, 1, 1))


def test_a_season_that_crosses_the_new_year_is_one_period() -> None:
    winter = Period(start=date(2026, 11, 20), end=date(2027, 3, 20))
    assert CAMPING.near(date(2026, 11, 26)) == CAMPING.near(date(2027, 2, 1)) == winter
    assert CAMPING.near(date(2026, 7, 1)) == winter
    assert date(2027, 3, 20) in CAMPING
    assert date(2027, 3, 21) not in CAMPING


def test_ramadan_comes_by_umm_al_qura_until_the_moon_is_seen() -> None:
    assert RAMADAN.near(date(2026, 1, 1)) == Period(start=date(2026, 2, 18), end=date(2026, 3, 19))
    seen = Period(start=date(2026, 2, 19), end=date(2026, 3, 19))
    announced = Season(hijri_month=9, announced=(seen,))
    assert announced.near(date(2026, 1, 1)) == seen
    assert date(2026, 2, 18) not in announced
    assert announced.near(date(2026, 6, 1)) == RAMADAN.near(date(2026, 6, 1))


def test_an_announced_season_stands_in_place_of_that_years() -> None:
    opened_late = Period(start=date(2026, 12, 5), end=date(2027, 3, 25))
    season = Season(first=(11, 20), last=(3, 20), announced=(opened_late,))
    assert season.near(date(2026, 11, 26)) == opened_late
    assert season.near(date(2027, 4, 1)) == Period(start=date(2027, 11, 20), end=date(2028, 3, 20))


def test_after_the_tables_no_ramadan_is_known() -> None:
    with pytest.raises(SeasonError, match="no period"):
        RAMADAN.near(date(2080, 1, 1))
    assert hijri_day(date(2077, 11, 17)) is None
    assert hijri_in_words(date(1900, 1, 1), "ar") == ""


@given(DAYS, st.sampled_from([CAMPING, RAMADAN, Season(first=(2, 29), last=(2, 29))]))
def test_the_season_near_a_day_holds_it_or_is_the_next(day: date, season: Season) -> None:
    near = season.near(day)
    assert near.end
    assert near.end >= day
    assert near.start <= day + timedelta(days=366)
    assert (day in season) == (day in near)
    assert season.near(near.start) == near == season.near(near.end)


@given(DAYS)
def test_every_day_lies_in_its_hijri_month_on_its_day(day: date) -> None:
    found = hijri_day(day)
    assert found
    year, month, number = found
    assert hijri_month(year, month).start + timedelta(days=number - 1) == day


def test_the_hijri_day_is_written_in_both_languages() -> None:
    assert hijri_in_words(date(2020, 11, 1), "ar") == "15 ربيع الأول 1442 هـ"
    assert hijri_in_words(date(2020, 11, 1), "en") == "15 Rabi' al-Awwal 1442 AH"
