"""An address of the block form: flat, building, road and block, as it is typed, in parts or in one line, kept and
written."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.errors import RukhsaError
from rukhsa.places.block import NoSuchBlock, block_on
from rukhsa.values.names import Text
from rukhsa.values.writing import WritingError, folded, latin_digits

PARTS = ("flat", "building", "road", "block")


class AddressError(RukhsaError, ValueError):
    """A text that is not an address; `part` is the part to be typed again."""

    def __init__(self, code: str, part: str, text: Promise | str) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.text = text


def parse_address(typed: Mapping[str, Any], *, on: date) -> dict[str, int | str]:
    """The typed address as {flat?, building, road, block}; Arabic digits are understood. Raises AddressError.

    Its block must exist on that day.
    A building is text, since it may carry a letter (1024A); road and block are numbers. The letter is understood after
    a space or a mark as well, and in Arabic: 1024-A and 1024 أ are 1024A.
    """
    address: dict[str, int | str] = {}
    if flat := _written(typed, "flat"):
        address["flat"] = _matched("flat", flat, r"[0-9A-Z]{1,6}")
    address["building"] = _matched("building", _written(typed, "building"), r"[0-9]{1,5}[A-Z]?")
    address["road"] = int(_matched("road", _written(typed, "road"), r"[0-9]{1,5}"))
    block = int(_matched("block", _written(typed, "block"), r"[0-9]{1,6}"))
    try:
        address["block"] = block_on(block, on=on).number
    except NoSuchBlock as unknown:
        raise AddressError(unknown.code, "block", unknown.text) from unknown
    return address


def address_key(address: Mapping[str, Any]) -> dict[str, Any]:
    """The columns by which addresses are compared: block, road, building, and flat ("" for none)."""
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
    written = re.sub(r"\s", "", latin_digits(str(typed.get(part) or "")).upper())
    return _with_letter(written) if part in ("flat", "building") else written


def _with_letter(written: str) -> str:
    """A number with the letter after it as a capital Latin one, whatever stands between them."""
    match = _LETTERED.fullmatch(written)
    return match[1] + match[2].translate(_LETTERS) if match else written


# The letters of buildings in the order of abjad, as plates in two languages pair them.
_LETTERS: Final = str.maketrans({"أ": "A", "ا": "A", "إ": "A", "آ": "A", "ب": "B", "ج": "C", "د": "D"})
_LETTERED: Final = re.compile(r"([0-9]{1,6})[-–/.]?([A-Zأاإآبجد])")


def _matched(part: str, text: str, pattern: str) -> str:
    if not text:
        raise AddressError("address-part-missing", part, _MISSING[part])
    if not re.fullmatch(pattern, text):
        raise AddressError("address-part-unreadable", part, _UNREADABLE[part])
    return text


_MISSING = {
    "building": _("Enter the building number, like 1024."),
    "road": _("Enter the road number, like 1705."),
    "block": _("Enter the block number, like 317."),
}
_UNREADABLE = {
    "flat": _("Enter the flat number, like 12."),
    "building": _("Enter the building number, like 1024 or 1024A."),
    "road": _("Enter the road number in digits, like 1705."),
    "block": _("Enter the block number in digits, like 317."),
}


LONGEST_LINE: Final = 200  # characters; what is longer is not one address

# "Flat 12", "bldg. no: 345A", "مبنى ٣٤٥ أ", "الطريق رقم ١٢٠٣": a word, then a number with at most one letter, which is
# none where a number follows it: "F 12 B 345".
_JOINT: Final = r"[ .:#=/-]*(?:(?:no|num|number|nr|رقم)\b[ .:#=/-]*)?"
_NAMED: Final = re.compile(
    rf"([^\W\d_]+){_JOINT}"
    rf"(\d{{1,6}}(?:[a-z]|(?: ?[-/] ?| )?[a-zابجد](?![^\W_]|{_JOINT}\d))?)(?![^\W_])"
)
# As people write them, folded: other words and short forms.
_SPOKEN: Final = {
    "flat": "شقه ش مكتب محل flat apartment apt app unit office shop f",
    "building": "مبني بنايه منزل بيت عماره فيلا م building bldg bld house villa h b",
    "road": "طريق شارع ط road rd street st avenue ave r",
    "block": "مجمع مج block blk",
}
_PART_OF: Final = {word: part for part, words in _SPOKEN.items() for word in words.split()}


def spoken_parts(text: str) -> dict[str, str]:
    """The parts that a line names, as text in Latin digits: "شقة ١٢، مبنى 345" gives {flat: 12, building: 345}.

    If a part is named twice the first counts; text that is not understood is left out, and nothing is raised.
    """
    try:
        line = folded(text[:LONGEST_LINE])
    except WritingError:
        return {}
    parts: dict[str, str] = {}
    for word, number in _NAMED.findall(line):
        if part := _PART_OF.get(word) or _PART_OF.get(word.removeprefix("و").removeprefix("ال")):
            parts.setdefault(part, _with_letter(number.replace(" ", "").upper()))
    return parts


def filled(parts: Mapping[str, str], line: str) -> dict[str, str]:
    """The typed parts, replaced by those that the line names.

    A line that names a whole address without a flat clears the typed flat, which belonged to another address.
    """
    spoken = spoken_parts(line)
    is_whole = {"building", "road", "block"} <= set(spoken)
    kept = {part: typed for part, typed in parts.items() if part != "flat"} if is_whole else parts
    return {**kept, **spoken}
