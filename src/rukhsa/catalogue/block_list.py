"""A list of blocks: which block belongs to which authority, read from a file and entered as a version from a day on."""

import csv
import hashlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from pydantic import Field, ValidationError

from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.shape import AuthorityCode, Shape
from rukhsa.catalogue.territory import Territory
from rukhsa.locks import one_at_a_time
from rukhsa.places.block import blocks_on
from rukhsa.places.models import Block, BlockEntry, BlockList
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
    """The good rows of a file by their block's number, with their lines, and the problems of the others."""

    rows: dict[int, tuple[int, BlockRow]]
    problems: tuple[DefinitionProblem, ...]


def read_blocks(folder: Path, territory: Territory) -> tuple[BlockRow, ...]:
    """The blocks in blocks.csv; none if there is no such file. Raises DefinitionRefused, which lists every bad row."""
    file = folder / "blocks.csv"
    if not file.exists():
        return ()
    table = read_table(file, territory)
    if table.problems:
        raise DefinitionRefused(table.problems)
    return tuple(row for _line, row in table.rows.values())


def read_table(file: Path, territory: Territory) -> BlockTable:
    """Read a file of blocks. Raises DefinitionRefused if it is no such file; a bad row is a problem of the table."""
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


@dataclass(kw_only=True)
class Report:
    """What an import did, or would do: the blocks that are new, moved, renamed or unchanged, and the refused rows."""

    version: int | None = None
    is_new: bool = True  # False: the same file was imported for the same day before
    problems: tuple[DefinitionProblem, ...] = ()
    new: list[int] = field(default_factory=list)
    moved: list[tuple[int, str, str]] = field(default_factory=list)  # block, authority before, authority now
    renamed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    unnamed: list[int] = field(default_factory=list)  # known, and not in the file: they stay as they are


@transaction.atomic
def import_blocks(
    file: Path,
    territory: Territory,
    *,
    effective_from: date,
    source: str,
    at: datetime,
    leave_bad: bool = False,
    rehearse: bool = False,
) -> Report:
    """Import a CSV file as the next version of the list of blocks, in one transaction.

    A bad row refuses the file (DefinitionRefused lists them all); with `leave_bad` only the row is left out. The
    same file is entered once for a day. With `rehearse` nothing is written.
    """
    table = read_table(file, territory)
    if table.problems and not leave_bad:
        raise DefinitionRefused(table.problems)
    if not table.rows:
        raise DefinitionRefused(table.problems or [_nothing(file)])
    _require_loaded(table)
    one_at_a_time("places.blocks")
    report = _compared(table, effective_from)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    known = BlockList.objects.filter(digest=digest, effective_from=effective_from).first()
    if known:
        report.version, report.is_new = known.number, False
    elif not rehearse:
        report.version = _enter(table, digest, effective_from, source, at).number
    return report


def _require_loaded(table: BlockTable) -> None:
    named = {row.authority for _line, row in table.rows.values()}
    if not named <= set(Authority.objects.values_list("code", flat=True)):
        raise CatalogueError("the authorities are not in the database yet: run `rukhsa territory load` first")


def _compared(table: BlockTable, day: date) -> Report:
    """Compare the file with the blocks in force on its day."""
    report = Report(problems=table.problems)
    known = blocks_on(day)
    for number, (_line, row) in sorted(table.rows.items()):
        before = known.get(number)
        if before is None:
            report.new.append(number)
        elif before.authority != row.authority:
            report.moved.append((number, before.authority, row.authority))
        elif before.area != Text(ar=row.area_ar, en=row.area_en):
            report.renamed.append(number)
        else:
            report.unchanged.append(number)
    report.unnamed = sorted(known.keys() - table.rows.keys())
    return report


def _enter(table: BlockTable, digest: str, day: date, source: str, at: datetime) -> BlockList:
    entered = BlockList.objects.create(
        number=(BlockList.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        effective_from=day,
        source=source,
        digest=digest,
        refused=len(table.problems),
        at=at,
    )
    rows = [row for _line, row in table.rows.values()]
    blocks = (  # one that no list had before exists from this list's day on
        Block(
            number=row.number, since=day, authority_id=row.authority, area_ar=row.area_ar, area_en=row.area_en
        )
        for row in rows
    )
    Block.objects.bulk_create(blocks, ignore_conflicts=True)
    BlockEntry.objects.bulk_create(
        BlockEntry(
            list=entered,
            block_id=row.number,
            authority_id=row.authority,
            area_ar=row.area_ar,
            area_en=row.area_en,
            source=row.source,
        )
        for row in rows
    )
    record("import-blocks", entered, actor=None, at=at, blocks=len(rows), refused=len(table.problems))
    return entered


def _nothing(file: Path) -> DefinitionProblem:
    columns = ",".join(COLUMNS)
    return DefinitionProblem(
        code="wrong-row",
        file=file.name,
        line=1,
        column=1,
        field="file",
        what=Text(en="the file has no rows.", ar="لا صفوف في الملف."),
        write_instead=Text(en=f"Its columns: {columns}.", ar=f"أعمدته: {columns}."),
    )
