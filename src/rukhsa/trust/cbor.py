"""Deterministic CBOR (RFC 8949 §4.2.1) of a small vocabulary: read strictly, written in one way only.

Integers of 64 bits, byte strings, text, arrays, maps with integer or text keys, true, false and null.
Anything else (tags, floats, indefinite lengths, long forms, keys twice or out of order) is refused while
reading, so that no two byte strings ever mean the same.
"""

from collections.abc import Mapping

from rukhsa.trust.errors import BadCbor

type Value = int | bytes | str | bool | list["Value"] | dict["Key", "Value"] | None
type Key = int | str

MAXIMUM_DEPTH = 4
# Of a long head: the bytes of its argument, and the least argument that needs them.
_LONG = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}
_SIMPLE: Mapping[int, bool | None] = {0xF4: False, 0xF5: True, 0xF6: None}


def read(data: bytes, *, ordered: bool = True) -> Value:
    """Read one item that fills `data` exactly, at most four levels deep. Raises BadCbor.

    `ordered=False` lets the keys of a map stand in any order, as status lists of others have them.
    """
    try:
        value, end = _item(data, 0, MAXIMUM_DEPTH, ordered)
    except IndexError as error:  # cheaper than asking for the length before each byte
        raise BadCbor("cut-short") from error
    if end != len(data):
        raise BadCbor("trailing-bytes", f"{len(data) - end} bytes after the item")
    return value


def write(value: object) -> bytes:
    """Write a value in the only way that `read` accepts. Raises BadCbor for what it cannot write."""
    if value is False or value is True or value is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        encoded = value.encode()
        return head(3, len(encoded)) + encoded
    if isinstance(value, list | tuple):
        return head(4, len(value)) + b"".join(map(write, value))
    if isinstance(value, Mapping):
        pairs = sorted((write(key), write(entry)) for key, entry in value.items())
        return head(5, len(pairs)) + b"".join(key + entry for key, entry in pairs)
    raise BadCbor("bad-type", type(value).__name__)


def head(major: int, argument: int) -> bytes:
    """The shortest head of an item: RFC 8949 §3."""
    if argument < 24:
        return bytes((major << 5 | argument,))
    for size, information in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if argument < 1 << 8 * size:
            return bytes((major << 5 | information,)) + argument.to_bytes(size)
    raise BadCbor("too-large", "an integer of more than 64 bits")


def _item(data: bytes, at: int, depth: int, ordered: bool) -> tuple[Value, int]:
    first = data[at]
    if first < 24:
        return first, at + 1
    major, argument, at = first >> 5, first & 31, at + 1
    if major >= 6:
        return _simple(first), at
    if argument == 24 and data[at] > 23:  # most long heads are of one byte more, or of two
        argument, at = data[at], at + 1
    elif argument == 25 and data[at]:
        argument, at = data[at] << 8 | data[at + 1], at + 2
    elif argument > 23:
        argument, at = _long_argument(data, at, argument)
    if major < 2:
        return (-1 - argument if major else argument), at
    end = at + argument
    if end > len(data):
        raise BadCbor("cut-short")
    if major == 3:
        try:
            return data[at:end].decode(), end
        except UnicodeDecodeError as error:
            raise BadCbor("bad-utf8") from error
    if major == 2:
        return data[at:end], end
    if not depth:
        raise BadCbor("too-deep")
    return (_array if major == 4 else _map)(data, at, argument, depth - 1, ordered)


def _simple(first: int) -> bool | None:
    if first >> 5 == 6:
        raise BadCbor("tag")
    if first not in _SIMPLE:
        raise BadCbor("bad-type", "a float, a simple value or a break")
    return _SIMPLE[first]


def _long_argument(data: bytes, at: int, information: int) -> tuple[int, int]:
    if information > 27:
        raise BadCbor("indefinite-length")
    size, least = _LONG[information]
    end = at + size
    if end > len(data):
        raise BadCbor("cut-short")
    argument = int.from_bytes(data[at:end])
    if argument < least:
        raise BadCbor("not-shortest")
    return argument, end


def _array(data: bytes, at: int, length: int, depth: int, ordered: bool) -> tuple[Value, int]:
    values: list[Value] = []
    for _ in range(length):
        value, at = _item(data, at, depth, ordered)
        values.append(value)
    return values, at


def _map(data: bytes, at: int, length: int, depth: int, ordered: bool) -> tuple[Value, int]:
    values: dict[Key, Value] = {}
    previous = b""
    for _ in range(length):
        start, first = at, data[at]
        key, at = (first, at + 1) if first < 24 else _item(data, at, 0, ordered)
        if type(key) is not int and type(key) is not str:
            raise BadCbor("bad-key")
        encoded = data[start:at]
        if encoded <= previous if ordered else key in values:  # in order, none stands there twice
            raise BadCbor("key-order", "a key twice or out of order")
        previous = encoded
        values[key], at = _item(data, at, depth, ordered)
    return values, at
