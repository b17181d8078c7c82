"""The table of blocks of a territory: which block belongs to which authority, and in which area it lies."""

import csv
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError

from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.shape import AuthorityCode, Shape
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits

LARGEST_FILE = 10 * 1024 * 1024
COLUMNS = ("number", "authority", "area-ar", "area-en", "source")


class BlockRow(Shape):
    """One block."""

    number: int = Field(ge=1, le=999_999)
    authority: AuthorityCode
    area_ar: str = Field("", max_length=80)
    area_en: str = Field("", max_length=80)
    source: str = Field(min_length=1, max_length=200)


@dataclass(frozen=True, kw_only=True)
class BlockTable:
    """What a file says: its good rows by number with their lines, and what is wrong with the others."""

    rows: dict[int, tuple[int, BlockRow]]
    problems: tuple[DefinitionProblem, ...]


def read_blocks(folder: Path, territory: Territory) -> tuple[BlockRow, ...]:
    """The blocks in blocks.csv; none where there is no such file. DefinitionRefused lists every bad row."""
    file = folder / "blocks.csv"
    if not file.exists():
        return ()
    table = read_table(file, territory)
    if table.problems:
        raise DefinitionRefused(table.problems)
    return tuple(row for _line, row in table.rows.values())


def read_table(file: Path, territory: Territory) -> BlockTable:
    """The rows of a file of blocks. DefinitionRefused where it is no such file; a bad row is a problem of the table."""
    rows: dict[int, tuple[int, BlockRow]] = {}
    problems: list[DefinitionProblem] = []
    for line, cells in _lines(file):
        try:
            row = BlockRow.model_validate(dict(zip(COLUMNS, cells, strict=True)))
        except ValidationError as error:
            column = str(error.errors()[0]["loc"][0])
            problems.append(_problem(file, line, column, error.errors()[0]["msg"], "القيمة غير صحيحة."))
            continue
        except ValueError:
            problems.append(
                _problem(file, line, "row", f"columns: {', '.join(COLUMNS)}", "عدد الأعمدة غير صحيح.")
            )
            continue
        wrong = list(_conflicts(file, line, row, rows, territory))
        problems.extend(wrong)
        if not wrong:
            rows[row.number] = (line, row)
    return BlockTable(rows=rows, problems=tuple(problems))


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows with their line numbers, without comments (#) and the header; cells split at commas or semicolons."""
    if file.stat().st_size > LARGEST_FILE:
        raise _refused(file, 1, "the file is larger than 10 MB.", "حجم الملف أكبر من 10 ميغابايت.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            file, 1, "the file is not UTF-8: save it so.", "الملف ليس بترميز UTF-8: احفظه به."
        ) from error
    # Spreadsheets in Arabic write semicolons, since the comma is their decimal mark.
    reader = csv.reader(text.splitlines(), delimiter=";" if f"{COLUMNS[0]};" in text[:2000] else ",")
    try:
        for line, cells in enumerate(reader, 1):
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed) and not trimmed[0].startswith("#") and tuple(trimmed) != COLUMNS:
                yield line, [latin_digits(trimmed[0]), *trimmed[1:]]
    except csv.Error as error:
        raise _refused(file, reader.line_num, str(error), "لا يمكن قراءة هذا السطر.") from error


def _refused(file: Path, line: int, en: str, ar: str) -> DefinitionRefused:
    return DefinitionRefused([_problem(file, line, "file", en, ar)])


def _conflicts(
    file: Path, line: int, row: BlockRow, before: Container[int], territory: Territory
) -> Iterator[DefinitionProblem]:
    numbers = territory.address.blocks
    if row.number not in numbers:
        yield _problem(
            file,
            line,
            "number",
            f"the blocks of this territory have the numbers {numbers.from_} to {numbers.to}.",
            f"أرقام المجمعات في هذا النطاق من {numbers.from_} إلى {numbers.to}.",
        )
    if row.number in before:
        yield _problem(
            file, line, "number", f"block {row.number} is there twice.", f"المجمع {row.number} مكرر."
        )
    if row.authority not in [authority.code for authority in territory.authorities]:
        yield _problem(
            file, line, "authority", f"no authority {row.authority}.", f"لا توجد جهة {row.authority}."
        )
    whole = territory.authority_of_hundred(row.number)
    if whole and whole.code != row.authority:
        yield _problem(
            file,
            line,
            "authority",
            f"territory.yaml gives block {row.number} to {whole.code}.",
            f"المجمع {row.number} في territory.yaml من نصيب {whole.code}.",
        )


def _problem(file: Path, line: int, column: str, en: str, ar: str) -> DefinitionProblem:
    return DefinitionProblem(
        code="wrong-row", file=file.name, line=line, column=1, field=column, what=Text(en=en, ar=ar)
    )
