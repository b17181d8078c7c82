from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.trust import cbor
from rukhsa.trust.errors import BadCbor

CHARACTERS = st.characters(exclude_categories=["Cs"])
LEAVES = st.one_of(
    st.integers(-(1 << 64), (1 << 64) - 1),
    st.binary(max_size=40),
    st.text(CHARACTERS, max_size=40),
    st.booleans(),
    st.none(),
)
KEYS = st.one_of(st.integers(-70_000, 70_000), st.text(CHARACTERS, max_size=6))
VALUES = st.recursive(
    LEAVES,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(KEYS, inside, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    if depth(value) > cbor.MAXIMUM_DEPTH:
        with pytest.raises(BadCbor, match="too-deep"):
            cbor.read(cbor.write(value))
    else:
        assert cbor.read(cbor.write(value)) == value


def depth(value: Any) -> int:
    if not isinstance(value, list | dict):
        return 0
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, inside), default=0)


@given(VALUES)
def test_another_library_reads_what_is_written(value: Any) -> None:
    assert cbor2.loads(cbor.write(value)) == value


@given(st.binary(max_size=60))
def test_bytes_that_are_read_are_the_only_ones_for_their_value(data: bytes) -> None:
    try:
        value = cbor.read(data)
    except BadCbor:
        return
    assert cbor.write(value) == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "cut-short"),
        ("0000", "trailing-bytes"),
        ("1817", "not-shortest"),
        ("190017", "not-shortest"),
        ("1900ff", "not-shortest"),
        ("1a0000ffff", "not-shortest"),
        ("1b00000000ffffffff", "not-shortest"),
        ("5801ff", "not-shortest"),
        ("1c", "indefinite-length"),
        ("5f4100ff", "indefinite-length"),
        ("9f00ff", "indefinite-length"),
        ("bf0000ff", "indefinite-length"),
        ("a2010002", "cut-short"),
        ("a201000100", "key-order"),
        ("a202000100", "key-order"),
        ("a1f400", "bad-key"),
        ("a1410000", "bad-key"),
        ("c100", "tag"),
        ("c249010000000000000000", "tag"),
        ("f90000", "bad-type"),
        ("f7", "bad-type"),
        ("f820", "bad-type"),
        ("61ff", "bad-utf8"),
        ("63eda080", "bad-utf8"),
        ("818181818100", "too-deep"),
        ("9b7fffffffffffffff", "cut-short"),
        ("bb7fffffffffffffff", "cut-short"),
        ("5b7fffffffffffffff", "cut-short"),
    ],
)
def test_what_could_be_written_in_another_way_is_refused(data: str, code: str) -> None:
    with pytest.raises(BadCbor) as refused:
        cbor.read(bytes.fromhex(data))
    assert refused.value.code == code


def test_a_map_in_any_order_is_read_only_when_asked() -> None:
    assert cbor.read(bytes.fromhex("a202000100"), ordered=False) == {1: 0, 2: 0}
    with pytest.raises(BadCbor, match="key-order"):
        cbor.read(bytes.fromhex("a201000100"), ordered=False)


def test_an_integer_of_more_than_64_bits_is_not_written() -> None:
    with pytest.raises(BadCbor, match="too-large"):
        cbor.write(1 << 64)
