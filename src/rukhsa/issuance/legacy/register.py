"""Reading a register: every row is imported, was there already, or stands in the report with the reason."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from django.db import transaction

from rukhsa.authorities.models import Authority
from rukhsa.issuance.legacy.document import LegacyDocument, LegacyImport
from rukhsa.issuance.legacy.mapping import BadMapping, Mapping, read_mapping
from rukhsa.issuance.legacy.row import Fault, Reading, clean, read_row

BATCH: Final = 500
HEADING: Final = ("row", "number", "field", "code", "reason")


class BadRegister(ValueError):
    """The file is not a register that the mapping can read."""

    code = "bad-register"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """`rows` is always the sum of the other three; `faults` counts lines of the report, one or more a row."""

    rows: int
    imported: int
    present: int
    refused: int
    faults: int


@dataclass(frozen=True, kw_only=True)
class _Row:
    number: int
    raw: dict[str, Any]
    reading: Reading


def import_register(
    register: Path,
    *,
    mapping: Path,
    report: Path,
    at: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Totals:
    """Read the register in batches, each committed whole; running it again imports nothing twice.

    A number in several rows names no document: all of them are refused, so that a person decides.
    `progress` is told how many rows were dealt with. Raises `BadMapping` and `BadRegister`.
    """
    meaning, mapping_digest = read_mapping(mapping)
    rows_of = _numbers(register, meaning)
    source = _source(meaning, register, mapping_digest, at)
    with report.open("w", encoding="utf-8", newline="") as out:
        tally = _Tally(out)
        for batch in _batches(_rows(register, meaning)):
            _take(batch, meaning, source, rows_of, tally)
            progress(len(batch))
    return tally.totals()


def count_rows(register: Path) -> int:
    """About how many rows a register has, for a progress bar: its lines but the heading."""
    with register.open("rb") as file:
        return max(sum(1 for _ in file) - 1, 0)


def _take(
    batch: Sequence[_Row],
    mapping: Mapping,
    source: LegacyImport,
    rows_of: dict[str, list[int]],
    tally: "_Tally",
) -> None:
    """Sort a batch into documents to keep, documents already kept, and rows to report."""
    numbers = [row.reading.fields["number"] for row in batch if not row.reading.faults]
    kept = {
        document.number: document
        for document in LegacyDocument.objects.filter(register=mapping.register_name, number__in=numbers)
    }
    new: list[LegacyDocument] = []
    for row in batch:
        faults = [*row.reading.faults, *_duplicates(row, mapping, rows_of, kept)]
        number = row.reading.fields.get("number") or ""
        if faults:
            tally.refuse(row.number, number, faults)
        elif number in kept:
            tally.present += 1
        else:
            new.append(_document(row, mapping, source))
    with transaction.atomic():
        LegacyDocument.objects.bulk_create(new)
    tally.imported += len(new)


def _duplicates(
    row: _Row, mapping: Mapping, rows_of: dict[str, list[int]], kept: dict[str, LegacyDocument]
) -> Iterator[Fault]:
    """Rows of this file, or of an earlier one, that claim the same number."""
    number = row.reading.fields.get("number") or ""
    others = [other for other in rows_of.get(number, []) if other != row.number]
    if others:
        reason = "the number stands in row " + " and row ".join(map(str, others)) + " too"
        yield Fault(column=mapping.number.column, code="duplicate", reason=reason)
    elif number in kept and kept[number].raw != row.raw:
        reason = "a row imported earlier has the number and says something else"
        yield Fault(column=mapping.number.column, code="duplicate", reason=reason)


def _document(row: _Row, mapping: Mapping, source: LegacyImport) -> LegacyDocument:
    return LegacyDocument(
        source=source,
        register=mapping.register_name,
        service=mapping.service,
        row_number=row.number,
        raw=row.raw,
        **row.reading.fields,
    )


def _source(mapping: Mapping, register: Path, mapping_digest: str, at: datetime) -> LegacyImport:
    authority = Authority.objects.filter(code=mapping.authority).first()
    if authority is None:
        raise BadMapping(f"authority: there is no authority {mapping.authority!r}")
    with register.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    source, _ = LegacyImport.objects.get_or_create(
        register=mapping.register_name,
        file_digest=digest,
        mapping_digest=mapping_digest,
        defaults={"authority": authority, "at": at},
    )
    return source


def _numbers(register: Path, mapping: Mapping) -> dict[str, list[int]]:
    """The rows of each number, for those that stand in more than one row."""
    rows: dict[str, list[int]] = {}
    for row_number, raw in _cells(register, mapping):
        cell = raw.get(mapping.number.column)
        if cell and (number := clean(cell, mapping.number)):
            rows.setdefault(number, []).append(row_number)
    return {number: several for number, several in rows.items() if len(several) > 1}


def _rows(register: Path, mapping: Mapping) -> Iterator[_Row]:
    for row_number, raw in _cells(register, mapping):
        reading = read_row(raw, mapping)
        yield _Row(number=row_number, raw={str(key): value for key, value in raw.items()}, reading=reading)


def _cells(register: Path, mapping: Mapping) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows as columns and cells, counted as a spreadsheet counts them: the heading is row 1."""
    try:
        with register.open(encoding=mapping.encoding, newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = mapping.columns - set(reader.fieldnames or [])
            if missing:
                raise BadRegister(f"{register.name} has no column {', '.join(sorted(missing))}")
            yield from enumerate(reader, start=2)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadRegister(f"{register.name}: {error}") from error


def _batches(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    batch: list[_Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Tally:
    """Counts what became of each row and writes the report."""

    def __init__(self, out: IO[str]) -> None:
        self._writer = csv.writer(out)
        self._writer.writerow(HEADING)
        self.imported = self.present = self.refused = self.faults = 0

    def refuse(self, row: int, number: str, faults: Sequence[Fault]) -> None:
        """One line of the report for each fault of the row."""
        self.refused += 1
        self.faults += len(faults)
        for fault in faults:
            self._writer.writerow([row, _inert(number), fault.column, fault.code, _inert(fault.reason)])

    def totals(self) -> Totals:
        """The sums."""
        return Totals(
            rows=self.imported + self.present + self.refused,
            imported=self.imported,
            present=self.present,
            refused=self.refused,
            faults=self.faults,
        )


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP ASVS 5.0, 1.2.10)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else text
