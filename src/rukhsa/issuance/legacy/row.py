"""One row of a register becomes the fields of a legacy document, or a list of what is wrong with it."""

import re
import unicodedata
from collections.abc import Mapping as Columns
from dataclasses import dataclass
from datetime import date
from typing import Any

from rukhsa.issuance.legacy.mapping import AmountColumn, Mapping, SwitchColumn, TextColumn
from rukhsa.trust import text as sealable
from rukhsa.values.money import Money, MoneyError

_HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_LONGEST = {"number": 40, "kind": 120, "holder": 120, "place": 200}
_LONGEST_DETAIL = 120


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that keeps a row out: the column, a lasting code, and the reason in words."""

    column: str
    code: str
    reason: str


class BadCell(ValueError):
    """A cell that cannot be believed."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a row gave: `fields` of a LegacyDocument, complete only where there is no fault."""

    fields: dict[str, Any]
    faults: tuple[Fault, ...]


def read_row(row: Columns[Any, Any], mapping: Mapping) -> Reading:
    """Read one row, column by column, and collect every fault rather than the first."""
    if None in row or None in row.values():
        fault = Fault(
            column="", code="wrong-width", reason="the row has more or fewer cells than the heading"
        )
        return Reading(fields={}, faults=(fault,))
    cells = {str(name): str(cell) for name, cell in row.items()}
    collected = _Collector()
    fields: dict[str, Any] = {}
    for name in _LONGEST:
        fields[name] = collected.take(read_text, cells, getattr(mapping, name), _LONGEST[name])
    fields["issued_on"] = collected.take(_read_month, cells, mapping)
    fields["amounts"] = _present(
        (name, collected.take(_read_amount, cells, part)) for name, part in mapping.amounts.items()
    )
    fields["details"] = _present(
        (name, collected.take(read_text, cells, part, _LONGEST_DETAIL))
        for name, part in mapping.details.items()
    )
    fields["details"] |= _present(
        (name, collected.take(_read_switch, cells, part)) for name, part in mapping.switches.items()
    )
    return Reading(fields=fields, faults=tuple(collected.faults))


def read_text(cells: Columns[str, str], part: TextColumn, longest: int) -> str:
    """A text of the row, cleaned as the mapping says. Raises `BadCell`."""
    text = clean(cells[part.column], part)
    if not text:
        if part.required:
            raise _bad(part.column, "missing", "the cell is empty")
        return ""
    if sealable.FORBIDDEN.search(text):
        raise _bad(part.column, "unsealable-text", "the cell holds control or invisible characters")
    if len(text) > longest:
        raise _bad(part.column, "too-long", f"the cell is longer than {longest} letters")
    if part.form and not re.fullmatch(part.form, text):
        raise _bad(part.column, "wrong-form", f"{text!r} is not written as the numbers of this register are")
    return text


def clean(cell: str, part: TextColumn) -> str:
    """The cell in NFC, with spaces, hyphens and capitals put right as the mapping allows."""
    text = unicodedata.normalize("NFC", cell).strip(" ")
    if "spaces" in part.clean:
        text = re.sub("[ \u00a0\t]+", " ", text).strip()
    if "hyphens" in part.clean:
        text = _HYPHENS.sub("-", text)
    return text.upper() if "capitals" in part.clean else text


def _read_month(cells: Columns[str, str], mapping: Mapping) -> date:
    year, month = cells[mapping.issued.year].strip(), cells[mapping.issued.month].strip()
    if not re.fullmatch("[0-9]{4}", year):
        raise _bad(mapping.issued.year, "wrong-date", f"{year!r} is not a year")
    if not re.fullmatch("0?[1-9]|1[0-2]", month):
        raise _bad(mapping.issued.month, "wrong-date", f"{month!r} is not a month")
    return date(int(year), int(month), 1)


def _read_amount(cells: Columns[str, str], part: AmountColumn) -> dict[str, Any] | None:
    cell = cells[part.column].strip()
    if not cell:
        if part.required:
            raise _bad(part.column, "missing", "the cell is empty")
        return None
    try:
        amount = Money.parse(cell, part.currency)
    except MoneyError as error:
        raise _bad(part.column, "dirty-amount", f"{cell!r} is not an amount in {part.currency}") from error
    if amount.minor < 0:
        raise _bad(part.column, "dirty-amount", f"{cell!r} is below zero")
    return {"minor": amount.minor, "currency": amount.currency}


def _read_switch(cells: Columns[str, str], part: SwitchColumn) -> bool | None:
    cell = cells[part.column].strip()
    if cell not in ("", part.yes, part.no):
        raise _bad(part.column, "wrong-form", f"{cell!r} is neither {part.yes} nor {part.no}")
    return cell == part.yes if cell else None


def _present(items: Any) -> dict[str, Any]:
    return {name: value for name, value in items if value not in (None, "")}


def _bad(column: str, code: str, reason: str) -> BadCell:
    return BadCell(Fault(column=column, code=code, reason=reason))


class _Collector:
    """Takes the cells one after the other and remembers the faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def take(self, read: Any, *arguments: Any) -> Any:
        """What `read` gives, or None where the cell is at fault."""
        try:
            return read(*arguments)
        except BadCell as bad:
            self.faults.append(bad.fault)
            return None
