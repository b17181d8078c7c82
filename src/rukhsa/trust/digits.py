"""Bytes as decimal digits, 17 for every 7 bytes, so that a QR holds them in its numeric mode."""

from rukhsa.trust.errors import BadText

# The number of digits that hold a group of so many bytes: the smallest n with 10**n >= 256**bytes.
_WIDTHS = {1: 3, 2: 5, 3: 8, 4: 10, 5: 13, 6: 15, 7: 17}
_SIZES = {width: size for size, width in _WIDTHS.items()}


def encode(data: bytes) -> str:
    """Digits for `data`: groups of 7 bytes, big-endian, zero padded; a shorter last group."""
    groups = (data[at : at + 7] for at in range(0, len(data), 7))
    return "".join(f"{int.from_bytes(group):0{_WIDTHS[len(group)]}d}" for group in groups)


def decode(digits: str) -> bytes:
    """The bytes whose only encoding is `digits`. Raises BadText("bad-digits") for any other text."""
    if not (digits.isascii() and digits.isdigit()):
        raise BadText("bad-digits", "only the digits 0 to 9")
    return b"".join(_group(digits[at : at + 17]) for at in range(0, len(digits), 17))


def _group(digits: str) -> bytes:
    size = _SIZES.get(len(digits))
    if size is None:
        raise BadText("bad-digits", f"a last group of {len(digits)} digits: the text is cut")
    try:
        return int(digits).to_bytes(size)
    except OverflowError as error:
        raise BadText("bad-digits", "a group too large for its bytes") from error
