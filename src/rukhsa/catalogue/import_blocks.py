"""Imports a list of blocks as a new version that counts from a day: all of it, or what is good in it, as asked."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.blocks import COLUMNS, BlockRow, BlockTable, read_table
from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.territory import Territory
from rukhsa.locks import one_at_a_time
from rukhsa.places.block import blocks_on
from rukhsa.places.models import Block, BlockEntry, BlockList
from rukhsa.values.names import Text


@dataclass(kw_only=True)
class Report:
    """What an import did, or would do: the numbers of blocks by what became of them, and the rows that stay out."""

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
    """Enter the rows of a CSV file as the next version of the list of blocks, in one transaction.

    A bad row refuses the file (DefinitionRefused lists them all), or stays out with `leave_bad`. The same file for
    the same day is entered once. With `rehearse` nothing is written.
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
    """What the file changes of what counts on its day."""
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
    Block.objects.bulk_create((_block(row, day) for row in rows), ignore_conflicts=True)
    BlockEntry.objects.bulk_create(_entry(row, entered) for row in rows)
    record("import-blocks", entered, actor=None, at=at, blocks=len(rows), refused=len(table.problems))
    return entered


def _block(row: BlockRow, day: date) -> Block:
    """A block that no file named before: it is there from the day of its list on."""
    return Block(
        number=row.number, since=day, authority_id=row.authority, area_ar=row.area_ar, area_en=row.area_en
    )


def _entry(row: BlockRow, entered: BlockList) -> BlockEntry:
    return BlockEntry(
        list=entered,
        block_id=row.number,
        authority_id=row.authority,
        area_ar=row.area_ar,
        area_en=row.area_en,
        source=row.source,
    )


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
