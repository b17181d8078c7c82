import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.trust import digits
from rukhsa.trust.errors import BadText


@given(st.binary(min_size=1, max_size=300))
def test_digits_give_back_the_bytes(data: bytes) -> None:
    assert digits.decode(digits.encode(data)) == data


@given(st.text(alphabet="0123456789", min_size=1, max_size=120))
def test_digits_that_are_read_are_the_only_ones_for_their_bytes(text: str) -> None:
    try:
        data = digits.decode(text)
    except BadText:
        return
    assert digits.encode(data) == text


def test_seven_bytes_take_seventeen_digits() -> None:
    assert digits.encode(b"\xff" * 7) == "72057594037927935"
    assert [len(digits.encode(bytes(size))) for size in range(8)] == [0, 3, 5, 8, 10, 13, 15, 17]


@pytest.mark.parametrize(
    "text", ["", "1", "12", "1234", "256", "72057594037927936", "١٢٣", "12 ", "+12", "1_2"]
)
def test_other_digits_are_refused(text: str) -> None:
    with pytest.raises(BadText, match="bad-digits"):
        digits.decode(text)
