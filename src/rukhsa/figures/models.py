"""The tables of `figures`."""

from rukhsa.figures.aggregate import DayRow, Mark, MonthRow

__all__ = ["DayRow", "Mark", "MonthRow"]
