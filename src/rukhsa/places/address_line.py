"""An address written freely in one line, in Arabic or English: which numbers in it are flat, building, road, block."""

import re
from collections.abc import Mapping
from typing import Final

from rukhsa.values.writing import WritingError, folded

LONGEST_LINE: Final = 200  # characters; what is longer is not one address

# "Flat 12", "bldg. no: 345A", "الطريق رقم ١٢٠٣": a word, then a number with at most one letter.
_NAMED: Final = re.compile(
    r"([^\W\d_]+)[ .:#=/-]*(?:(?:no|num|number|nr|رقم)\b[ .:#=/-]*)?(\d{1,6}[a-z]?)(?![^\W_])"
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

    A part that is named twice counts as it was named first; what is not understood is left out, and nothing raises.
    """
    try:
        line = folded(text[:LONGEST_LINE])
    except WritingError:
        return {}
    parts: dict[str, str] = {}
    for word, number in _NAMED.findall(line):
        if part := _PART_OF.get(word) or _PART_OF.get(word.removeprefix("و").removeprefix("ال")):
            parts.setdefault(part, number.upper())
    return parts


def filled(parts: Mapping[str, str], line: str) -> dict[str, str]:
    """The parts that were typed, with those that the line names in their place.

    A line that names a whole address clears a flat that it does not name: that was another address.
    """
    spoken = spoken_parts(line)
    kept = {part: typed for part, typed in parts.items() if part != "flat"} if _is_whole(spoken) else parts
    return {**kept, **spoken}


def _is_whole(spoken: Mapping[str, str]) -> bool:
    return {"building", "road", "block"} <= set(spoken)
