"""Which authority a block belongs to on a day, and in which area it lies: what the newest list in force says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.authorities.models import Authority
from rukhsa.places.models import Block, BlockEntry
from rukhsa.values.names import Text


class NoSuchBlock(ValueError):
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
    found = blocks_on(on, numbers=[block])
    if block not in found:
        raise NoSuchBlock(block)
    return found[block]


def areas_of(blocks: Iterable[int], *, on: date) -> dict[int, Text]:
    """The names of the areas in which blocks lie, in one query."""
    return {number: block.area for number, block in blocks_on(on, numbers=blocks).items()}


def blocks_on(day: date, *, numbers: Iterable[int] | None = None) -> dict[int, BlockOnDay]:
    """The blocks that are there on a day, or those of some numbers, in one query.

    The newest list in force counts, and the territory's own file where no list names the block.
    """
    known = Block.objects.filter(Q(since=None) | Q(since__lte=day))
    if numbers is not None:
        known = known.filter(number__in=set(numbers))
    newest = BlockEntry.objects.filter(block=OuterRef("pk"), list__effective_from__lte=day).order_by(
        "-list__effective_from", "-list__number"
    )
    said = [
        Coalesce(Subquery(newest.values(column)[:1]), column, output_field=CharField())
        for column in ("authority", "area_ar", "area_en")
    ]
    return {
        number: BlockOnDay(number=number, authority=code, area=Text(ar=arabic, en=english))
        for number, code, arabic, english in known.values_list("number", *said)
    }
