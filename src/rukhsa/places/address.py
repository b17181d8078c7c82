"""An address of the block form: flat, building, road and block, as it is typed, kept and written."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.errors import RukhsaError
from rukhsa.places.routing import NoSuchBlock, block_on
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits

PARTS = ("flat", "building", "road", "block")


class AddressError(RukhsaError, ValueError):
    """An address that cannot be one; `part` is what must be typed anew."""

    def __init__(self, code: str, part: str, text: Promise | str) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.text = text


def parse_address(typed: Mapping[str, Any], *, on: date) -> dict[str, int | str]:
    """The address that was typed, Arabic digits understood: {flat?, building, road, block}. Raise `AddressError`.

    Its block must be there on that day.
    A building is text, since it may carry a letter (1024A); road and block are numbers.
    """
    address: dict[str, int | str] = {}
    if flat := _written(typed, "flat"):
        address["flat"] = _matched("flat", flat, r"[0-9A-Z]{1,6}")
    address["building"] = _matched("building", _written(typed, "building"), r"[0-9]{1,5}[A-Z]?")
    address["road"] = int(_matched("road", _written(typed, "road"), r"[0-9]{1,5}"))
    address["block"] = _block(_matched("block", _written(typed, "block"), r"[0-9]{1,6}"), on)
    return address


def address_key(address: Mapping[str, Any]) -> dict[str, Any]:
    """What makes two addresses the same, as columns: block, road, building, and flat ("" for none)."""
    return {
        "block": int(address["block"]),
        "road": int(address["road"]),
        "building": str(address["building"]),
        "flat": str(address.get("flat") or ""),
    }


def address_in_words(address: Mapping[str, Any], *, areas: Mapping[int, Text]) -> Text:
    """The address as it is written: flat, building, road, block, and the name of the area, as `areas_of` gives it."""
    area = areas.get(address["block"], Text())
    return Text(ar=_words(address, "ar", area.ar), en=_words(address, "en", area.en))


_NAMES = {
    "ar": {"flat": "شقة", "building": "مبنى", "road": "طريق", "block": "مجمع"},
    "en": {"flat": "Flat", "building": "Building", "road": "Road", "block": "Block"},
}


def _words(address: Mapping[str, Any], language: str, area: str) -> str:
    names = _NAMES[language]
    parts = [f"{names[part]} {address[part]}" for part in PARTS if address.get(part)]
    return ("، " if language == "ar" else ", ").join([*parts, area] if area else parts)


def _written(typed: Mapping[str, Any], part: str) -> str:
    return re.sub(r"\s", "", latin_digits(str(typed.get(part) or "")).upper())


def _matched(part: str, text: str, pattern: str) -> str:
    if not text:
        raise AddressError("address-part-missing", part, _MISSING[part])
    if not re.fullmatch(pattern, text):
        raise AddressError("address-part-unreadable", part, _UNREADABLE[part])
    return text


def _block(text: str, on: date) -> int:
    try:
        return block_on(int(text), on=on).number
    except NoSuchBlock as unknown:
        raise AddressError(unknown.code, "block", unknown.text) from unknown


_MISSING = {
    "building": _("Write the number of the building."),
    "road": _("Write the number of the road."),
    "block": _("Write the number of the block."),
}
_UNREADABLE = {
    "flat": _("Write the number of the flat, such as 12."),
    "building": _("Write the number of the building, such as 1024 or 1024A."),
    "road": _("Write the number of the road in digits, such as 1705."),
    "block": _("Write the number of the block in digits, such as 317."),
}
