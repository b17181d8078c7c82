"""Days of work, deadlines and the last day of a period."""

from datetime import date

import pytest

from rukhsa.values.periods import Period, PeriodError, WorkingCalendar, shifted

BAHRAIN = WorkingCalendar(weekdays=frozenset({6, 0, 1, 2, 3}), country="BH")


def test_friday_and_saturday_are_not_days_of_work_in_bahrain() -> None:
    week = [BAHRAIN.is_working(date(2020, 11, day)) for day in range(1, 8)]  # 1 November 2020 is a Sunday
    assert week == [True, True, True, True, True, False, False]


def test_the_national_day_is_not_a_day_of_work() -> None:
    assert not BAHRAIN.is_working(date(2020, 12, 16))
    assert WorkingCalendar(weekdays=BAHRAIN.weekdays).is_working(date(2020, 12, 16))


def test_a_municipality_adds_a_holiday_of_its_own() -> None:
    closed = WorkingCalendar(weekdays=BAHRAIN.weekdays, country="BH", closed=frozenset({date(2020, 11, 2)}))
    assert closed.after(date(2020, 11, 1), 1) == date(2020, 11, 3)


def test_working_days_skip_the_weekend_and_the_holidays() -> None:
    assert BAHRAIN.after(date(2020, 11, 5), 1) == date(2020, 11, 8)
    assert BAHRAIN.after(date(2020, 12, 15), 1) == date(2020, 12, 20)  # 16 and 17 are the national days
    assert BAHRAIN.before(date(2020, 11, 8), 1) == date(2020, 11, 5)


def test_a_deadline_on_a_friday_moves_to_sunday() -> None:
    assert BAHRAIN.deadline(date(2020, 11, 4), 2, "day") == date(2020, 11, 8)
    assert BAHRAIN.deadline(date(2020, 11, 1), 3, "working day") == date(2020, 11, 4)


def test_working_days_between_two_days_are_counted_without_the_first() -> None:
    assert BAHRAIN.working_days_between(date(2020, 11, 1), date(2020, 11, 8)) == 5
    assert BAHRAIN.working_days_between(date(2020, 11, 8), date(2020, 11, 1)) == 0


def test_a_year_ends_on_the_day_before_the_same_day() -> None:
    period = Period.lasting(date(2020, 11, 1), 1, "year")
    assert period.end == date(2021, 10, 31)
    assert date(2021, 10, 31) in period
    assert date(2021, 11, 1) not in period


def test_a_month_from_the_end_of_january_stays_in_february() -> None:
    assert shifted(date(2021, 1, 31), 1, "month") == date(2021, 2, 28)
    assert shifted(date(2020, 2, 29), 1, "year") == date(2021, 2, 28)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodError, match="before the first"):
        Period(start=date(2020, 11, 2), end=date(2020, 11, 1))


def test_an_empty_week_and_an_unknown_country_are_refused() -> None:
    with pytest.raises(PeriodError, match="working week"):
        WorkingCalendar(weekdays=frozenset())
    with pytest.raises(PeriodError, match="no holidays are known"):
        WorkingCalendar(weekdays=frozenset({0}), country="XX").is_working(date(2020, 11, 2))


def test_a_renewal_begins_on_the_day_after_the_old_end_or_today_where_that_is_past() -> None:
    old_end = date(2026, 11, 30)
    early = Period.renewed(old_end, 1, "year", today=date(2026, 10, 1))
    assert early == Period(start=date(2026, 12, 1), end=date(2027, 11, 30))
    late = Period.renewed(old_end, 1, "year", today=date(2026, 12, 9))
    assert late == Period(start=date(2026, 12, 9), end=date(2027, 12, 8))
