"""Which authority a block belongs to on a day, and in which area it lies: what the newest list in force says."""

from collections.abc import Iterable
from datetime import date

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
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


def authority_of(block: int, *, on: date) -> Authority:
    """The authority of a block on a day. Raise `NoSuchBlock`."""
    code = blocks_on(on).filter(number=block).values_list("authority_now", flat=True).first()
    if code is None:
        raise NoSuchBlock(block)
    return Authority.objects.get(pk=code)


def require_block(block: int, *, on: date) -> None:
    """Raise `NoSuchBlock` unless the block is there on that day."""
    if not blocks_on(on).filter(number=block).exists():
        raise NoSuchBlock(block)


def areas_of(blocks: Iterable[int], *, on: date) -> dict[int, Text]:
    """The names of the areas in which blocks lie, in one query."""
    found = blocks_on(on).filter(number__in=set(blocks))
    named = found.values_list("number", "area_ar_now", "area_en_now")
    return {number: Text(ar=arabic, en=english) for number, arabic, english in named}


def blocks_on(day: date) -> QuerySet[Block]:
    """The blocks that are there on a day, each with `authority_now`, `area_ar_now` and `area_en_now`.

    The newest list in force counts, and the territory's own file where no list names the block.
    """
    newest = BlockEntry.objects.filter(block=OuterRef("pk"), list__effective_from__lte=day).order_by(
        "-list__effective_from", "-list__number"
    )
    said = {
        f"{column}_now": Coalesce(Subquery(newest.values(column)[:1]), column, output_field=CharField())
        for column in ("authority", "area_ar", "area_en")
    }
    return Block.objects.filter(Q(since=None) | Q(since__lte=day)).annotate(**said)
