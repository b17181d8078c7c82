"""Addresses as people write them."""

from datetime import date

import pytest

from rukhsa.places.address import (
    AddressError,
    address_in_words,
    address_key,
    parse_address,
    spoken_parts,
)
from rukhsa.places.block import NoSuchBlock, areas_of, authority_of

pytestmark = pytest.mark.usefixtures("blocks")
TODAY = date(2026, 11, 26)
HOME = {"flat": "12", "building": "1024A", "road": 1705, "block": 317}


def test_an_address_is_read_with_arabic_digits() -> None:
    typed = {"flat": "١٢", "building": "١٠٢٤a", "road": "١٧٠٥", "block": "٣١٧"}
    assert parse_address(typed, on=TODAY) == HOME


def test_a_flat_may_be_left_out() -> None:
    assert "flat" not in parse_address({"flat": "", "building": "1", "road": "2", "block": "317"}, on=TODAY)


@pytest.mark.parametrize(
    "building",
    ["1024A", "1024-A", "1024 A", "1024/a", "1024 - a", "1024أ", "١٠٢٤ أ", "١٠٢٤-أ", "1024\u00a0A"],
)
def test_the_letter_of_a_building_is_read_as_people_write_it(building: str) -> None:
    typed = {"flat": "12", "building": building, "road": "1705", "block": "317"}
    assert parse_address(typed, on=TODAY) == HOME
    line = f"Flat 12, Building {building}, Road 1705, Block 317"
    assert parse_address(spoken_parts(line), on=TODAY) == HOME


@pytest.mark.parametrize("building", ["A1024", "1024AB", "1024-", "1024-12", "1024 ش"])
def test_what_is_no_building_is_asked_again(building: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse_address({"building": building, "road": "1705", "block": "317"}, on=TODAY)
    assert (refused.value.part, refused.value.code) == ("building", "address-part-unreadable")


@pytest.mark.parametrize(
    "line",
    [
        "شقة 12، مبنى ١٠٢٤A، طريق 1705، مجمع 317",
        "Flat 12, Building 1024A, Road 1705, Block 317",
        "apt. 12 bldg 1024a rd. 1705 blk 317 Manama",
        "المنامة، مجمع رقم ٣١٧، طريق: ١٧٠٥، بناية 1024a، الشقة ١٢",
    ],
)
def test_an_address_in_one_line_is_read_in_both_languages(line: str) -> None:
    assert parse_address(spoken_parts(line), on=TODAY) == HOME


def test_an_address_is_written_in_the_order_in_which_it_is_spoken() -> None:
    words = address_in_words(HOME, areas=areas_of([317], on=TODAY))
    assert words.ar == "شقة 12، مبنى 1024A، طريق 1705، مجمع 317، المنامة"
    assert words.en == "Flat 12, Building 1024A, Road 1705, Block 317, Manama"
    assert (
        parse_address(spoken_parts(words.ar), on=TODAY)
        == parse_address(spoken_parts(words.en), on=TODAY)
        == HOME
    )


@pytest.mark.parametrize(
    ("typed", "part", "code"),
    [
        ({"road": "1", "block": "317"}, "building", "address-part-missing"),
        ({"building": "1", "road": "x", "block": "317"}, "road", "address-part-unreadable"),
        ({"building": "1", "road": "1", "block": "999"}, "block", "block-unknown"),
        ({"building": "1", "road": "1", "block": "31x"}, "block", "address-part-unreadable"),
    ],
)
def test_what_is_wrong_in_an_address_is_named(typed: dict[str, str], part: str, code: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse_address(typed, on=TODAY)
    assert (refused.value.part, refused.value.code) == (part, code)
    assert str(refused.value.text)


def test_the_block_tells_the_authority() -> None:
    assert authority_of(317, on=TODAY).code == "CAP"
    assert authority_of(203, on=TODAY).code == "MUH"
    with pytest.raises(NoSuchBlock):
        authority_of(999, on=TODAY)


def test_two_ways_of_writing_an_address_have_one_key() -> None:
    assert address_key(HOME) == address_key(HOME | {"block": "317", "road": "1705"})
    assert address_key(HOME) != address_key({**HOME, "flat": ""})
