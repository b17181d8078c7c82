"""From a written address, block or parcel to its page: Arabic or English, with either digits."""

from collections.abc import Container
from datetime import date

from django.urls import reverse

from rukhsa.places.address import spoken_parts
from rukhsa.places.parcel import ParcelError, parcel_number, parcel_on
from rukhsa.values.writing import latin_digits


def found_place(written: str, blocks: Container[int], *, on: date) -> str | None:
    """Where the place has its page, as far as it was written; None where no block of `blocks` and no parcel is."""
    parts = spoken_parts(written)
    alone = latin_digits(written).strip()
    block = parts.get("block", alone if alone.isascii() and alone.isdigit() else "")
    if block.isdigit() and int(block) in blocks:
        return _in_block(int(block), parts)
    return None if parts else _parcel(written, blocks, on)


def _in_block(block: int, parts: dict[str, str]) -> str:
    road, building = parts.get("road", ""), parts.get("building", "")
    if not road.isdigit():
        return reverse("desk:block", args=[block])
    if not building:
        return reverse("desk:road", args=[block, int(road)])
    return reverse("desk:building", args=[block, int(road), building])


def _parcel(written: str, blocks: Container[int], on: date) -> str | None:
    try:
        parcel = parcel_on(parcel_number(written), on=on)
    except ParcelError:
        return None
    if parcel.block_id not in blocks:
        return None
    return reverse("desk:parcel", args=[parcel.block_id, parcel.pk])
