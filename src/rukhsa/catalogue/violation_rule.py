"""The kinds of violations of a territory, as its file `violations.yaml` writes them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field

from rukhsa.catalogue.charges import ChargeRow, ChargeRule
from rukhsa.catalogue.provenance import ValueSource
from rukhsa.catalogue.reading import shaped
from rukhsa.catalogue.shape import Id, Shape, Span
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import territory_folder
from rukhsa.values.names import Text

REPEATED: Final = "repeated"
"""What a row of a fine may ask: whether the same was recorded against the same person in the year before."""
FIRST_DAY: Final = date(1996, 1, 1)


class ViolationRule(Shape):
    """One kind: its name, the law, the fine, and the days to mend it and to contest it."""

    name: Text
    law: Text
    fine: tuple[ChargeRow, ...] = Field(min_length=1, max_length=20)
    mend_within: Span
    contest_within: Span
    source: ValueSource

    @property
    def charge(self) -> ChargeRule:
        """The fine as a rule of the tariff."""
        return ChargeRule.model_construct(
            id="fine", kind="fine", name=self.name, due="after decision", rows=self.fine,
            from_=FIRST_DAY, source=self.source, waived=(), law=(),
        )  # fmt: skip


class Violations(Shape):
    """The kinds of a territory, by their codes."""

    violations: dict[Id, ViolationRule] = Field(max_length=200)


def violation_rules() -> Mapping[str, ViolationRule]:
    """The kinds of this territory; none without a file. Raises DefinitionRefused."""
    return _rules_in(territory_folder())


@cache
def _rules_in(folder: Path) -> Mapping[str, ViolationRule]:
    file = folder / "violations.yaml"
    return shaped(load(file), Violations).value.violations if file.exists() else {}
