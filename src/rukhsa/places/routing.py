"""Which authority a block belongs to on a day, and in which area it lies: what the newest list in force says."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.values.names import Text


class NoSuchBlock(RukhsaError, ValueError):
    """A block that is not there on that day."""

    code = "block-unknown"
    text: Promise = _("There is no block of this number. Look at the address plate.")


@dataclass(frozen=True, kw_only=True)
class BlockOnDay:
    """What is said of a block on a day: the code of its authority, and the name of its area."""

    number: int
    authority: str
    area: Text


def authority_of(block: int, *, on: date) -> Authority:
    """The authority of a block on a day. Raise `NoSuchBlock`."""
    return Authority.objects.get(pk=block_on(block, on=on).authority)


def block_on(block: int, *, on: date) -> BlockOnDay:
    """What is said of a block on a day. Raise `NoSuchBlock`."""
    if found := _told({block}, on).get(block):
        return found
    raise NoSuchBlock(block)


def areas_of(blocks: Iterable[int], *, on: date) -> dict[int, Text]:
    """The names of the areas in which blocks lie, in one query."""
    return {number: block.area for number, block in _told(set(blocks), on).items()}


_ASKED: ContextVar[dict[tuple[int, date], BlockOnDay | None] | None] = ContextVar("asked", default=None)


@contextmanager
def blocks_asked_once() -> Iterator[None]:
    """Within this, the database is asked once what is said of a block on a day: a page looks at one moment.

    One address is read, routed, measured and shown in the same request; a list that is imported meanwhile counts
    from the next on. A function may be decorated with it.
    """
    before = _ASKED.set({})
    try:
        yield
    finally:
        _ASKED.reset(before)


def _told(numbers: set[int], on: date) -> dict[int, BlockOnDay]:
    asked = _ASKED.get()
    if asked is None:
        return blocks_on(on, numbers=numbers)
    if new := {number for number in numbers if (number, on) not in asked}:
        found = blocks_on(on, numbers=new)
        asked.update({(number, on): found.get(number) for number in new})
    return {number: block for number in numbers if (block := asked[number, on])}


def blocks_on(day: date, *, numbers: Iterable[int] | None = None) -> dict[int, BlockOnDay]:
    """The blocks that are there on a day, or those of some numbers, in one query.

    The newest list in force counts, and the territory's own file where no list names the block.
    """
    wanted = None if numbers is None else sorted(number for number in set(numbers) if number in _NUMBERS)
    with connection.cursor() as cursor:
        cursor.execute(_SAID, {"day": day, "numbers": wanted})
        return {
            number: BlockOnDay(number=number, authority=code, area=Text(ar=arabic, en=english))
            for number, code, arabic, english in cursor.fetchall()
        }


_NUMBERS: Final = range(1, 2**31)  # no block has another, and the database knows no larger ones

# The ORM writes this with one subquery for each column, and takes ten times as long to write it as it takes to run.
_SAID: Final = """
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
