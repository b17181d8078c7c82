"""Other encodings of a CBOR item: each a way in which a lenient reader is told the same by other bytes."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from rukhsa.trust import cbor

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP = range(6)
# Every small tag, those of one more byte that people use, and the longest.
TAGS = (*range(24), 24, 32, 61, 98, 121, 258, 55799, 1 << 32)
OTHER_SIMPLE = (b"\xf4", b"\xf5", b"\xf6", b"\xf7", b"\xe0", b"\xf8\x18", b"\xf8\x20", b"\xf8\xff", b"\xff")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item in some bytes: where it stands, what its head says, and the items inside."""

    start: int
    body: int
    end: int
    major: int
    argument: int
    inside: tuple["Item", ...]

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Of a map: where each entry, key and value together, begins and ends."""
        keys, values = self.inside[::2], self.inside[1::2]
        return tuple((key.start, value.end) for key, value in zip(keys, values, strict=True))


def item_at(data: bytes, start: int = 0) -> Item:
    """The item that begins at `start` of well-formed, definite CBOR without tags."""
    major, information = data[start] >> 5, data[start] & 31
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(information, 0)
    body = start + 1 + size
    argument = int.from_bytes(data[start + 1 : body]) if size else information
    end, inside = body, []
    if major in (BYTES, TEXT):
        end += argument
    for _ in range(argument * (major - 3) if major in (ARRAY, MAP) else 0):
        inside.append(item_at(data, end))
        end = inside[-1].end
    return Item(start=start, body=body, end=end, major=major, argument=argument, inside=tuple(inside))


def every_item(item: Item) -> Iterator[Item]:
    """The item and all inside it."""
    yield item
    for each in item.inside:
        yield from every_item(each)


def other_encodings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """`data`, one well-formed item, with one item in it written in another way, and the name of the way."""
    for item in every_item(item_at(data)):
        whole = data[item.start : item.end]
        for way in (
            _longer,
            _indefinite,
            _reserved,
            _twice,
            _in_another_order,
            _as_float,
            _tagged,
            _as_other,
        ):
            for name, written in way(data, item):
                if written != whole:
                    yield name, data[: item.start] + written + data[item.end :]


def _longer(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    if item.major > MAP:
        return
    for size, information in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if item.body - item.start <= size and item.argument < 1 << 8 * size:
            head = bytes((item.major << 5 | information,)) + item.argument.to_bytes(size)
            yield "not the shortest", head + data[item.body : item.end]


def _indefinite(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    body = data[item.body : item.end]
    opening = bytes((item.major << 5 | 31,))
    if item.major in (ARRAY, MAP):
        yield "indefinite length", opening + body + b"\xff"
    elif item.major in (BYTES, TEXT):
        head = lambda part: cbor.head(item.major, len(part)) + part  # noqa: E731 (one line says it)
        yield "indefinite length", opening + head(body) + b"\xff"
        yield "indefinite length", opening + head(b"") + head(body) + b"\xff"
        for cut in range(1, len(body), max(1, len(body) // 5)):
            yield "indefinite length", opening + head(body[:cut]) + head(body[cut:]) + b"\xff"


def _reserved(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    for information in (28, 29, 30, 31):
        yield "reserved head", bytes((item.major << 5 | information,)) + data[item.body : item.end]


def _twice(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    if item.major != MAP:
        return
    head = cbor.head(MAP, len(item.pairs) + 1)
    for number, (start, end) in enumerate(item.pairs):
        pair, key, value = data[start:end], item.inside[2 * number], item.inside[2 * number + 1]
        for again in (pair, data[key.start : key.end] + b"\x00", data[key.start : key.end] + b"\xf6"):
            yield "a key twice", head + data[item.body : start] + again + data[start : item.end]
            yield "a key twice", head + data[item.body : end] + again + data[end : item.end]
            yield "a key twice", head + data[item.body : item.end] + again
        without = data[item.body : start] + data[value.end : item.end]
        yield "a key left out", cbor.head(MAP, len(item.pairs) - 1) + without


def _in_another_order(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    if item.major != MAP:
        return
    pairs = [data[start:end] for start, end in item.pairs]
    head = data[item.start : item.body]
    for first in range(len(pairs)):
        for second in range(first + 1, len(pairs)):
            other = pairs.copy()
            other[first], other[second] = other[second], other[first]
            yield "keys in another order", head + b"".join(other)
    yield "keys in another order", head + b"".join(reversed(pairs))


def _as_float(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    if item.major > NEGATIVE:
        return
    value = float(item.argument if item.major == UNSIGNED else -1 - item.argument)
    for head, form in ((b"\xf9", ">e"), (b"\xfa", ">f"), (b"\xfb", ">d")):
        if form != ">e" or abs(value) < 65504:
            yield "a float", head + struct.pack(form, value)


def _tagged(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    whole = data[item.start : item.end]
    for tag in TAGS:
        yield "a tag", cbor.head(6, tag) + whole
    if item.major <= NEGATIVE:
        number = item.argument.to_bytes(max(1, -(-item.argument.bit_length() // 8)))
        yield "a big number", bytes((0xC2 + item.major,)) + cbor.head(BYTES, len(number)) + number
    yield "encoded CBOR", b"\xd8\x18" + cbor.head(BYTES, len(whole)) + whole


def _as_other(data: bytes, item: Item) -> Iterator[tuple[str, bytes]]:
    if item.major in (BYTES, TEXT):
        other = bytes((data[item.start] ^ 0x20,))
        yield "bytes for text", other + data[item.start + 1 : item.end]
    for simple in OTHER_SIMPLE:
        yield "a simple value", simple
