"""The file of a register, read row by row and counted as a spreadsheet counts rows."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from rukhsa.errors import RukhsaError
from rukhsa.issuance.legacy.mapping import DELIMITERS, Mapping

LONGEST_LINE: Final = 1 << 20  # characters, so that a file of another kind is not read into memory
_WORKBOOKS: Final = {".xlsx", ".xlsm", ".xls", ".ods"}

type Row = tuple[int, dict[str, str] | None]


class BadRegister(RukhsaError, ValueError):
    """The file is not a register that the mapping can read."""

    code = "bad-register"


def rows_of(register: Path, mapping: Mapping) -> Iterator[Row]:
    """Each row that is not blank: its number, and its cells by column, or None for a row of another width.

    The first row of the file is 1. Raises `BadRegister`.
    """
    if register.suffix.lower() in _WORKBOOKS:
        raise BadRegister(
            f"{register.name} is a workbook: save the sheet as CSV (UTF-8), and read that file instead"
        )
    try:
        # A file in UTF-8 may begin with a byte order mark.
        encoding = "utf-8-sig" if codecs.lookup(mapping.encoding).name == "utf-8" else mapping.encoding
        with register.open(encoding=encoding, newline="") as file:
            yield from _rows(register.name, _lines(file), mapping)
    except UnicodeError as error:
        raise BadRegister(
            f"{register.name} is not {mapping.encoding} ({error}): "
            "write its encoding in the mapping, such as `encoding: cp1252`"
        ) from error
    except csv.Error as error:
        raise BadRegister(f"{register.name}: {error}") from error


def count_rows(register: Path) -> int:
    """About how many rows a register has, for a progress bar: its lines but the heading."""
    with register.open("rb") as file:
        return max(sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 16), b"")) - 1, 0)


def _rows(name: str, lines: Iterator[str], mapping: Mapping) -> Iterator[Row]:
    delimiter = DELIMITERS.get(mapping.delimiter, mapping.delimiter)
    table = enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1)
    heading = _heading(name, table, mapping)
    for number, cells in table:
        if len(cells) == len(heading):
            yield number, dict(zip(heading, cells, strict=True))
        elif cells:
            yield number, None


def _heading(name: str, table: Iterator[tuple[int, list[str]]], mapping: Mapping) -> list[str]:
    heading = next((cells for number, cells in table if number == int(mapping.heading_row)), [])
    heading = [column.strip() for column in heading]
    if missing := mapping.columns - set(heading):
        raise BadRegister(
            f"{name} has no column {', '.join(sorted(missing))}. Its row {mapping.heading_row} has: "
            f"{', '.join(heading)[:500]}. A single long name is a sign of another delimiter"
        )
    twice = sorted(column for column, count in Counter(heading).items() if count > 1)
    if named := mapping.columns & set(twice):
        raise BadRegister(f"{name} has the column {', '.join(sorted(named))} twice: rename one of them")
    return heading


def _lines(file: IO[str]) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise csv.Error(f"a line is longer than {LONGEST_LINE:,} characters: this is not a register")
        yield line
