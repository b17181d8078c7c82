"""DER (X.690): the one way to write each element. What was read is compared with it, so that no second way is taken."""

from typing import Final

INTEGER, OCTETS, SEQUENCE, SET, EXPLICIT_0, IMPLICIT_1 = 0x02, 0x04, 0x30, 0x31, 0xA0, 0xA1
VERSION_1: Final = bytes.fromhex("020101")
VERSION_3: Final = bytes.fromhex("020103")
SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")


def write(tag: int, *parts: bytes) -> bytes:
    """An element of definite, shortest length that holds the parts."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def set_of(*parts: bytes) -> bytes:
    """What a SET OF holds, in its order (X.690 §11.6)."""
    return b"".join(sorted(parts))
