"""The table of blocks of a territory: which block belongs to which authority, and in which area it lies."""

import csv
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.shape import AuthorityCode, Shape
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text

COLUMNS = ("number", "authority", "area-ar", "area-en", "source")


class BlockRow(Shape):
    """One block."""

    number: int = Field(ge=101, le=1299)
    authority: AuthorityCode
    area_ar: str = ""
    area_en: str = ""
    source: str = Field(min_length=1)


def read_blocks(folder: Path, territory: Territory) -> tuple[BlockRow, ...]:
    """The blocks in blocks.csv; none where there is no such file. DefinitionRefused lists every bad row."""
    file = folder / "blocks.csv"
    if not file.exists():
        return ()
    rows, problems = _read(file, territory)
    if problems:
        raise DefinitionRefused(problems)
    return tuple(rows.values())


def _read(file: Path, territory: Territory) -> tuple[dict[int, BlockRow], list[DefinitionProblem]]:
    rows: dict[int, BlockRow] = {}
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
        problems.extend(_conflicts(file, line, row, rows, territory))
        rows[row.number] = row
    return rows, problems


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows with their line numbers, without comments (#) and the header."""
    with file.open(encoding="utf-8", newline="") as text:
        for line, cells in enumerate(csv.reader(text), 1):
            if cells and not cells[0].startswith("#") and tuple(cells) != COLUMNS:
                yield line, [cell.strip() for cell in cells]


def _conflicts(
    file: Path, line: int, row: BlockRow, before: dict[int, BlockRow], territory: Territory
) -> Iterator[DefinitionProblem]:
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
