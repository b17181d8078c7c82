"""Rows of a register, read as the fields of a legacy document or as a list of faults."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from collections.abc import Mapping as Columns
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from rukhsa.errors import RukhsaError
from rukhsa.issuance.legacy.mapping import (
    AmountPart,
    DayPart,
    Mapping,
    NumberPart,
    Part,
    SwitchPart,
    TextPart,
    columns_of,
)
from rukhsa.issuance.legacy.recorded_day import NoSuchDay, read_day, whole_day
from rukhsa.trust import seal_text as sealable
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.writing import latin_digits

_HYPHENS: Final = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_SPACES: Final = re.compile("[ \u00a0\u2007\u202f\t\r\n]+")
_LONGEST: Final = {"number": 40, "kind": 120, "holder": 120, "place": 200}
_LONGEST_DETAIL: Final = 200
_THOUSANDS: Final = {"point": ".", "comma": ",", "space": " ", "apostrophe": "'"}
_MOST_DIGITS: Final = 15


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One reason why a row is refused: the column, a lasting code, the reason in words, and what to do."""

    column: str
    code: str
    reason: str
    remedy: str = ""


class BadCell(RukhsaError, ValueError):
    """The value of a cell is not one that it can have."""

    def __init__(self, code: str, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason, self.remedy = code, reason, remedy


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read from a row: `fields` of a LegacyDocument, complete only if there is no fault."""

    fields: dict[str, Any]
    faults: tuple[Fault, ...]


def read_row(raw: Columns[str, str] | None, mapping: Mapping, *, on: date) -> Reading:
    """Read one row, part by part, and collect every fault. None stands for a row of another width.

    `on` is the day of the reading, after which nothing was issued.
    """
    if raw is None:
        reason, remedy = "the row has more or fewer cells than the heading", "look for a delimiter in a text"
        fault = Fault(column="", code="wrong-width", reason=reason, remedy=f"{remedy}: it stands in quotes")
        return Reading(fields={}, faults=(fault,))
    if broken := [
        column for column, cell in raw.items() if "\0" in cell
    ]:  # PostgreSQL stores no text with it
        reason = "the cell holds a character that is none (U+0000)"
        fault = Fault(column=broken[0], code="unsealable-text", reason=reason, remedy="type it again")
        return Reading(fields={}, faults=(fault,))
    read = _Reader(raw, mapping)
    fields: dict[str, Any] = {name: read.text(name, longest) or "" for name, longest in _LONGEST.items()}
    fields["issued"] = read.day("issued") or ""
    fields["expires"] = whole_day(read.day("expires") or "")
    fields["amounts"] = read.present(mapping.amounts, read.amount)
    details = {name: read.text(name, _LONGEST_DETAIL) for name in mapping.details}
    details |= read.present(mapping.numbers, read.number) | read.present(mapping.days, read.day)
    details |= read.present(mapping.switches, read.switch)
    fields["details"] = {name: value for name, value in details.items() if value}
    if not read.faults:
        read.in_order(fields["issued"], fields["expires"], on)
    return Reading(fields=fields, faults=tuple(read.faults))


def fingerprint(raw: Columns[str, str]) -> str:
    """The key of a document without a number: the digest of its whole row."""
    written = json.dumps(dict(raw), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def read_text(cells: Columns[str, str], part: TextPart, longest: int) -> str:
    """A text of the row, cleaned and renamed as the mapping says. Raises `BadCell`."""
    text = _joined(cells, part)
    if not text:
        if part.required:
            raise BadCell("missing", "the cell is empty", "fill it in, or write required: no in the mapping")
        return ""
    if part.values and text not in part.values:
        raise BadCell("unknown-value", f"{text!r} is none of the mapping's values", "add it to values")
    text = part.values.get(text, text)
    if sealable.FORBIDDEN.search(text):
        raise BadCell("unsealable-text", "the cell holds control or invisible characters", "type it again")
    if len(text) > longest:
        raise BadCell("too-long", f"the cell is longer than {longest} letters", "shorten it")
    if part.form and not re.fullmatch(part.form, text):
        reason = f"{text!r} is not written as the texts of this column are"
        raise BadCell("wrong-form", reason, "correct it, or the form in the mapping")
    return text


def _joined(cells: Columns[str, str], part: TextPart) -> str:
    if part.constant is not None:
        return part.constant
    found = (clean(cells[column], part) for column in part.read)
    return part.join.join(text for text in found if text and text not in part.nothing)


def clean(cell: str, part: TextPart) -> str:
    """The cell in NFC, with spaces, hyphens, digits and capitals corrected as the mapping allows."""
    text = unicodedata.normalize("NFC", cell).strip(" ")
    if "spaces" in part.clean:
        text = _SPACES.sub(" ", text).strip()
    if "hyphens" in part.clean:
        text = _HYPHENS.sub("-", text)
    if "digits" in part.clean:
        text = latin_digits(text)
    return text.upper() if "capitals" in part.clean else text


def _plain(cell: str, part: NumberPart) -> str:
    """A number in Latin digits with a point and no group separators; empty if the cell is no number."""
    mark = "," if part.decimal == "comma" else "."
    text = _SPACES.sub(" ", latin_digits(cell).replace("٫", mark).replace("\u2019", "'")).strip()
    whole, point, decimals = text.partition(mark)
    if part.thousands != "none":
        first, *groups = whole.split(_THOUSANDS[part.thousands])
        if groups and not (first.lstrip("-") and all(len(group) == 3 for group in groups)):
            return ""
        whole = "".join((first, *groups))
    if not re.fullmatch("-?[0-9]+", whole) or (point and not re.fullmatch("[0-9]+", decimals)):
        return ""
    return f"{whole}{point and '.'}{decimals}"


class _Reader:
    """Reads the parts of a row one after another and collects the faults."""

    def __init__(self, cells: Columns[str, str], mapping: Mapping) -> None:
        self._cells, self._mapping = cells, mapping
        self.faults: list[Fault] = []

    def text(self, name: str, longest: int) -> str | None:
        """A text; empty if the mapping has no part for it."""
        part = self._mapping.parts.get(name)
        return self._taken(part, lambda: read_text(self._cells, part, longest)) if part else None  # type: ignore[arg-type]

    def day(self, name: str) -> str | None:
        """A day, a month or a year, as it was recorded."""
        part = self._mapping.parts.get(name)
        return self._taken(part, lambda: self._day(part)) if isinstance(part, DayPart) else None

    def number(self, name: str) -> str | None:
        """A number, as text."""
        part = self._mapping.numbers[name]
        return self._taken(part, lambda: self._number(part))

    def amount(self, name: str) -> dict[str, Any] | None:
        """An amount of money, as it is kept."""
        part = self._mapping.amounts[name]
        return self._taken(part, lambda: self._amount(part))

    def switch(self, name: str) -> str | None:
        """A yes or a no."""
        part = self._mapping.switches[name]
        return self._taken(part, lambda: self._switch(part))

    def present(self, parts: Columns[str, Any], read: Any) -> dict[str, Any]:
        """The parts of one kind that the row has, by name."""
        found = {name: read(name) for name in parts}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def in_order(self, issued: str, expires: date | None, on: date) -> None:
        """A document is not issued after the day of the reading and does not end before it is issued."""
        if issued and issued > on.isoformat()[: len(issued)]:
            self._refuse("issued", "wrong-date", f"{issued} is still to come", "correct the day of issue")
        if issued and expires and expires.isoformat()[: len(issued)] < issued:
            reason = f"it ends on {expires}, before it was issued ({issued})"
            self._refuse("expires", "wrong-date", reason, "correct one of the two days")

    def _refuse(self, name: str, code: str, reason: str, remedy: str) -> None:
        column = " + ".join(columns_of(self._mapping.parts[name]))
        self.faults.append(Fault(column=column, code=code, reason=reason, remedy=remedy))

    def _taken[Value](self, part: Part, read: Callable[[], Value]) -> Value | None:
        try:
            return read()
        except BadCell as bad:
            column = " + ".join(columns_of(part))
            self.faults.append(Fault(column=column, code=bad.code, reason=bad.reason, remedy=bad.remedy))
            return None

    def _day(self, part: DayPart) -> str:
        written = [self._cells[column].strip() for column in part.read]
        written = [text for text in written if text and text not in part.nothing]
        if not written:
            if part.required:
                raise BadCell("missing", "the cell is empty", "fill it in, or write required: no")
            return ""
        try:
            return read_day(" ".join(written), part)
        except NoSuchDay as error:
            raise BadCell(error.code, str(error), "correct the cell, or `written` in the mapping") from error

    def _cell(self, part: NumberPart | SwitchPart) -> str:
        cell = self._cells[part.column].strip()
        if isinstance(part, SwitchPart):
            return cell
        if cell and cell not in part.nothing:
            return cell
        if part.required:
            raise BadCell("missing", "the cell is empty", "fill it in, or leave out required: yes")
        return ""

    def _amount(self, part: AmountPart) -> dict[str, Any] | None:
        cell = self._cell(part)
        if not cell:
            return None
        remedy = "correct the cell, or decimal and thousands in the mapping"
        try:
            amount = Money.parse(_plain(cell, part), part.currency)
        except MoneyError as error:
            raise BadCell("dirty-amount", f"{cell!r} is not an amount in {part.currency}", remedy) from error
        if amount.minor < 0 or amount.minor >= 10**_MOST_DIGITS:
            raise BadCell("dirty-amount", f"{cell!r} is below zero or beyond all amounts", remedy)
        return {"minor": amount.minor, "currency": amount.currency}

    def _number(self, part: NumberPart) -> str:
        cell = self._cell(part)
        plain = _plain(cell, part)
        if cell and not re.fullmatch(rf"-?[0-9]{{1,{_MOST_DIGITS}}}(\.[0-9]{{1,9}})?", plain):
            remedy = "correct the cell, or decimal and thousands in the mapping"
            raise BadCell("dirty-number", f"{cell!r} is not a number", remedy)
        return f"{Decimal(plain):f}" if cell else ""

    def _switch(self, part: SwitchPart) -> str:
        cell = self._cell(part)
        if cell and cell not in part.words:
            words = " nor ".join(part.words)
            raise BadCell("wrong-form", f"{cell!r} is neither {words}", "correct it, or add it to yes or no")
        return part.words.get(cell, "")
