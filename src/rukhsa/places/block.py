"""Blocks, and what the lists of blocks say about them on a day: their authority and the name of their area."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection, models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.values.names import Text


class NoSuchBlock(RukhsaError, ValueError):
    """A block that does not exist on that day."""

    code = "block-unknown"
    text: Promise = _("There is no block with this number. Check the address plate.")


class Block(models.Model):
    """A numbered block of the territory, and the authority that it belongs to where no imported list says another."""

    number = models.PositiveIntegerField(primary_key=True)
    since = models.DateField(null=True)  # the day from which a list has it; None: it always existed
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    area_ar = models.CharField(max_length=80, blank=True)
    area_en = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return str(self.number)

    @property
    def area(self) -> Text:
        """The name of the area in which the block lies."""
        return Text(ar=self.area_ar, en=self.area_en)


class BlockList(models.Model):
    """A list of blocks that was imported: version `number`, in force from a day until a newer one is. Written once."""

    number = models.PositiveIntegerField(unique=True)
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file in hex
    refused = models.PositiveIntegerField()  # rows that stayed out
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "effective_from"], name="a_list_is_imported_once_for_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"blocks v{self.number}"


class BlockEntry(models.Model):
    """What one list says of one block. Written once."""

    list = models.ForeignKey(BlockList, models.PROTECT, related_name="entries")
    block = models.ForeignKey(Block, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    area_ar = models.CharField(max_length=80, blank=True)
    area_en = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "list"], name="a_list_names_a_block_once")]

    @property
    def area(self) -> Text:
        """The name of the area in which the block lies."""
        return Text(ar=self.area_ar, en=self.area_en)


@dataclass(frozen=True, kw_only=True)
class BlockOnDay:
    """What the lists say about a block on a day: the code of its authority, and the name of its area."""

    number: int
    authority: str
    area: Text


def authority_of(block: int, *, on: date) -> Authority:
    """The authority of a block on a day. Raises NoSuchBlock."""
    return Authority.objects.get(pk=block_on(block, on=on).authority)


def block_on(block: int, *, on: date) -> BlockOnDay:
    """What the lists say about a block on a day. Raises NoSuchBlock."""
    if found := _read({block}, on).get(block):
        return found
    raise NoSuchBlock(block)


def areas_of(blocks: Iterable[int], *, on: date) -> dict[int, Text]:
    """The names of the areas in which blocks lie, in one query."""
    return {number: block.area for number, block in _read(set(blocks), on).items()}


_ASKED: ContextVar[dict[tuple[int, date], BlockOnDay | None] | None] = ContextVar("asked", default=None)


@contextmanager
def blocks_asked_once() -> Iterator[None]:
    """Within this, the database is asked once about a block on a day: a page looks at one moment.

    One address is read, routed, measured and shown in the same request; a list that is imported meanwhile counts
    from the next request on. A function may be decorated with it.
    """
    before = _ASKED.set({})
    try:
        yield
    finally:
        _ASKED.reset(before)


def _read(numbers: set[int], on: date) -> dict[int, BlockOnDay]:
    asked = _ASKED.get()
    if asked is None:
        return blocks_on(on, numbers=numbers)
    if new := {number for number in numbers if (number, on) not in asked}:
        found = blocks_on(on, numbers=new)
        asked.update({(number, on): found.get(number) for number in new})
    return {number: block for number in numbers if (block := asked[number, on])}


def blocks_on(day: date, *, numbers: Iterable[int] | None = None) -> dict[int, BlockOnDay]:
    """The blocks that exist on a day, or those of some numbers, in one query.

    The newest list in force counts, and the territory's own file where no list names the block.
    """
    wanted = None if numbers is None else sorted(number for number in set(numbers) if number in _NUMBERS)
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, {"day": day, "numbers": wanted})
        return {
            number: BlockOnDay(number=number, authority=code, area=Text(ar=arabic, en=english))
            for number, code, arabic, english in cursor.fetchall()
        }


_NUMBERS: Final = range(1, 2**31)  # the range of the column

# The ORM writes this with one subquery for each column, and takes ten times as long to write it as it takes to run.
_IN_FORCE: Final = """
    SELECT block.number, coalesce(said.authority_id, block.authority_id),
           coalesce(said.area_ar, block.area_ar), coalesce(said.area_en, block.area_en)
    FROM places_block AS block
    LEFT JOIN LATERAL (
        SELECT entry.authority_id, entry.area_ar, entry.area_en
        FROM places_blockentry AS entry
        JOIN places_blocklist AS list ON list.id = entry.list_id
        WHERE entry.block_id = block.number AND list.effective_from <= %(day)s
        ORDER BY list.effective_from DESC, list.number DESC
        LIMIT 1
    ) AS said ON true
    WHERE (block.since IS NULL OR block.since <= %(day)s)
    AND (%(numbers)s::bigint[] IS NULL OR block.number = ANY(%(numbers)s::bigint[]))
"""
