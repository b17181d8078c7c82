"""Addresses in one line, as people write them; no database is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.places.address import spoken_parts

WORDS = {
    "flat": ["شقة", "الشقة", "شَقّة", "مكتب", "Flat", "APT.", "apartment"],
    "building": ["مبنى", "مبني", "بناية", "البناية", "منزل", "Building", "Bldg", "bldg.", "House"],
    "road": ["طريق", "الطريق", "شارع", "Road", "Rd", "Rd.", "street"],
    "block": ["مجمع", "المجمع", "مج", "Block", "Blk", "blk."],
}
JOINTS = [" ", " رقم ", ": ", " no. ", " No: ", " # ", ""]
COMMAS = ["، ", ", ", " ", " - ", "\n", " / ", "؛ "]
ARABIC, PERSIAN = ({ord(str(digit)): chr(base + digit) for digit in range(10)} for base in (0x660, 0x6F0))
PARTS = st.fixed_dictionaries(
    {
        "building": st.from_regex(r"[1-9][0-9]{0,4}[A-Z]?", fullmatch=True),
        "road": st.integers(1, 99999).map(str),
        "block": st.integers(101, 1299).map(str),
    },
    optional={"flat": st.from_regex(r"[1-9][0-9]{0,3}[A-Z]?", fullmatch=True)},
)


@given(PARTS, st.data())
def test_every_way_of_writing_an_address_gives_its_parts(parts: dict[str, str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(list(parts)))
    digits = data.draw(st.sampled_from([{}, ARABIC, PERSIAN]))
    said = [
        data.draw(st.sampled_from(WORDS[part]))
        + data.draw(st.sampled_from(JOINTS))
        + parts[part].translate(digits)
        for part in order
    ]
    line = data.draw(st.sampled_from(COMMAS)).join(said)
    assert spoken_parts(line) == parts


@given(st.text(max_size=300))
def test_any_text_gives_parts_or_nothing_and_never_fails(text: str) -> None:
    assert set(spoken_parts(text)) <= set(WORDS)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("شقة ١٢، مبنى 345، طريق 1203، مجمع 312", ("12", "345", "1203", "312")),
        ("Flat 12, Bldg 345, Rd 1203, Blk 312", ("12", "345", "1203", "312")),
        ("F12 B345 R1203 Block 312, Manama, Kingdom of Bahrain", ("12", "345", "1203", "312")),
        ("F 12 B 345 R 1203 Blk 312", ("12", "345", "1203", "312")),
        ("F 12 B no. 345 R 1203 Blk 312", ("12", "345", "1203", "312")),
        ("شقة ١٢ ب، مبنى 345/أ، طريق 1203، مجمع 312", ("12B", "345A", "1203", "312")),
        ("Flat 12 - C, Building 345-A Road 1203 Block 312", ("12C", "345A", "1203", "312")),
        ("المنامة – مجمع رقم ٣١٢ – طريق رقم ١٢٠٣ – منزل رقم ٣٤٥ والشقة ١٢", ("12", "345", "1203", "312")),
    ],
)
def test_lines_from_letters_are_understood(line: str, parts: tuple[str, ...]) -> None:
    assert spoken_parts(line) == dict(zip(("flat", "building", "road", "block"), parts, strict=True))


@pytest.mark.parametrize("line", ["", "المنامة", "12 345 1203 312", "tel 36001234", "مبنى السلام"])
def test_what_names_no_part_gives_none(line: str) -> None:
    assert spoken_parts(line) == {}
