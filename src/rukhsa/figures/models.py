"""The tables of `figures`."""

from rukhsa.figures.aggregate import DayRow, Mark, MonthRow
from rukhsa.figures.cost import CostInput
from rukhsa.figures.worked_month import WorkedMonth

__all__ = ["CostInput", "DayRow", "Mark", "MonthRow", "WorkedMonth"]
