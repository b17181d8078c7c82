"""The tables of `figures`."""

from rukhsa.figures.aggregate import DayRow, Mark, MonthRow
from rukhsa.figures.cost import CostInput

__all__ = ["CostInput", "DayRow", "Mark", "MonthRow"]
