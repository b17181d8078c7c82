"""Reports of imports of parcels and surveys: the outcome of each row, counts, and the first problems."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rukhsa.catalogue.problems import NOTHING, DefinitionProblem
from rukhsa.catalogue.survey_file import row_problem
from rukhsa.values.names import Text

MOST_TOLD: Final = 100  # problems that a refusal lists; the report counts all
LEFT_OUT: Final = "left out"
MENDING: Final = "mended"
HINT: Final = "hint"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one row, or a hint about it; `name` is the row's number or name."""

    row: int
    name: str
    became: str
    field: str = ""
    reason: Text = NOTHING


@dataclass(kw_only=True)
class Report:
    """What an import did, or would do: the number of rows by outcome, and the first problems."""

    counts: dict[str, int]  # by outcome, in the order in which they are listed
    version: int | None = None
    is_new: bool = True  # False: the same file was imported for the same day before
    problems: list[DefinitionProblem] = field(default_factory=list)


@dataclass(kw_only=True)
class Reporting:
    """A report while rows are read; each outcome is also told to the caller at once."""

    file: Path
    hears: Callable[[Outcome], None]
    report: Report

    def tell(self, row: int, name: str, became: str, field: str = "", reason: Text = NOTHING) -> None:
        """Count the outcome of a row, and keep it as a problem where the row is left out."""
        self.report.counts[became] += 1
        self.hears(Outcome(row=row, name=name, became=became, field=field, reason=reason))
        if became == LEFT_OUT and len(self.report.problems) < MOST_TOLD:
            self.report.problems.append(row_problem(self.file, row, field, reason))
