"""Every way we know to change a genuine seal, or its QR's text, without the authority's key."""

import hashlib
import hmac
import random
from collections.abc import Iterator

from rukhsa.trust import cbor, digits, keys, seal
from tests.trust import world
from tests.trust.mutations.encodings import other_encodings

type Mutation = tuple[str, bytes]
type TextMutation = tuple[str, str]

SEED = 20201101
PROTECTED, UNPROTECTED, PAYLOAD, SIGNATURE = range(4)


def parts_of(sealed: bytes) -> list[bytes]:
    """The four encoded parts of the array; bytes strings as what is in them."""
    item = cbor.read(sealed[1:])
    assert isinstance(item, list)
    protected, unprotected, payload, signature = item
    return [protected, cbor.write(unprotected), payload, signature]  # type: ignore[list-item]


def put_together(parts: list[bytes]) -> bytes:
    """The seal of four parts, whatever they are."""
    wrapped = [part if at == UNPROTECTED else cbor.head(2, len(part)) + part for at, part in enumerate(parts)]
    return b"\xd2\x84" + b"".join(wrapped)


def with_part(sealed: bytes, at: int, part: bytes) -> bytes:
    """The seal with another part in one place."""
    parts = parts_of(sealed)
    parts[at] = part
    return put_together(parts)


def every_mutation(sealed: bytes, other: bytes, *, random_ones: int) -> Iterator[Mutation]:
    """All classes; `other` is another genuine seal, from which parts are taken."""
    for name, changed in (
        *every_bit(sealed),
        *cuts(sealed),
        *longer_ones(sealed),
        *encoded_otherwise(sealed),
        *headers(sealed),
        *algorithms(sealed),
        *names_of_keys(sealed),
        *signatures(sealed),
        *mixtures(sealed, other),
        *at_random(sealed, other, random_ones),
    ):
        if changed not in (sealed, other):
            yield name, changed


def every_bit(sealed: bytes) -> Iterator[Mutation]:
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit >> 3] ^= 1 << (bit & 7)
        yield "one bit turned", bytes(changed)


def cuts(sealed: bytes) -> Iterator[Mutation]:
    """Cut short anywhere, begun late, and with 1 to 8 bytes missing anywhere."""
    for at in range(len(sealed)):
        yield "cut short", sealed[:at]
        yield "cut short", sealed[at + 1 :]
        for length in range(1, 9):
            yield "bytes missing", sealed[:at] + sealed[at + length :]


def longer_ones(sealed: bytes) -> Iterator[Mutation]:
    """Something before, behind, or doubled anywhere inside."""
    chance = random.Random(SEED)
    for byte in range(256):
        yield "longer", sealed + bytes((byte,))
        yield "longer", bytes((byte,)) + sealed
    for length in (2, 16, 200, 800, 5000):
        yield "longer", sealed + chance.randbytes(length)
        yield "longer", sealed + bytes(length)
    yield "longer", sealed + sealed
    for at in range(len(sealed)):
        for length in (1, 2, 4, 8):
            yield "bytes doubled", sealed[:at] + sealed[at : at + length] + sealed[at:]


def encoded_otherwise(sealed: bytes) -> Iterator[Mutation]:
    """Each item of the array, of the header and of the payload, written in another way."""
    for name, array in other_encodings(sealed[1:]):
        yield f"array: {name}", b"\xd2" + array
    for at, where in ((PROTECTED, "header"), (PAYLOAD, "payload")):
        for name, part in other_encodings(parts_of(sealed)[at]):
            yield f"{where}: {name}", with_part(sealed, at, part)
    for tags in (b"", b"\xd8\x3d\xd2", b"\xd9\xd9\xf7\xd2", b"\xd2\xd2", b"\xd8\x12", b"\xd1", b"\xd8\x62"):
        yield "array: a tag", tags + sealed[1:]


def headers(sealed: bytes) -> Iterator[Mutation]:
    """Entries more, fewer, elsewhere; the signature is the one that there was."""
    protected, unprotected, _, _ = parts_of(sealed)
    kid = protected[5:]
    index = cbor.read(unprotected)
    assert isinstance(index, dict)
    for more in _strange_entries(kid):
        yield "header games", with_part(sealed, PROTECTED, cbor.write({1: -9, 4: kid} | more))
        yield "header games", with_part(sealed, UNPROTECTED, cbor.write(index | more))
        yield "header games", with_part(sealed, UNPROTECTED, cbor.write(more))
    for fewer in (b"", b"\xa0", cbor.write({1: -9}), cbor.write({4: kid}), b"\x80", b"\x40"):
        for beside in ({}, {1: -9}, {4: kid}, {1: -9, 4: kid}):
            changed = with_part(sealed, PROTECTED, fewer)
            yield "header games", with_part(changed, UNPROTECTED, cbor.write(index | beside))
    for hint in (-1, 1 << 53, 1 << 63, "0", b"0", [0], None, True):
        yield "header games", with_part(sealed, UNPROTECTED, cbor.write({seal.LOG_INDEX: hint}))


def _strange_entries(kid: bytes) -> Iterator[dict[object, object]]:
    for label in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 33, 34, 256, 259, -65537, "alg", "kid", "crit"):
        for value in (-9, -7, 0, kid, b"", "ES256", [1], [4], {}, None):
            yield {label: value}


def algorithms(sealed: bytes) -> Iterator[Mutation]:
    """Every number up to 300 and each registered one, with signatures that the algorithm would take."""
    protected, _, payload, _ = parts_of(sealed)
    kid, public = protected[5:], cbor.write(dict(world.SEALER.jwk))
    for algorithm in (*range(-300, 301), -65535, -65534, "ES256", "none", None, [-9], b"\x28", True):
        header = cbor.write({1: algorithm, 4: kid})
        if header == protected:
            continue
        yield "algorithm swaps", with_part(sealed, PROTECTED, header)
        if algorithm in (0, 4, 5, 6, 7, None, "none"):
            for made in _by_a_known_secret(header, payload, (public, kid, b"", bytes(32))):
                yield "algorithm swaps", put_together([header, b"\xa0", payload, made])


def _by_a_known_secret(header: bytes, payload: bytes, secrets: tuple[bytes, ...]) -> Iterator[bytes]:
    """What a reader that lets the header choose would take: nothing, or a code made with the public key."""
    for context in ("Signature1", "MAC0"):
        message = cbor.write([context, header, b"", payload])
        for secret in secrets:
            for digest in ("sha256", "sha512"):
                made = hmac.digest(secret, message, digest)
                yield from (made, made.ljust(64, b"\0"), b"")


def names_of_keys(sealed: bytes) -> Iterator[Mutation]:
    """The names of all other keys, of none, longer and shorter ones, and every byte of the name changed."""
    parts = parts_of(sealed)
    kid = parts[PROTECTED][5:]
    others = [key.public.kid for authority in world.TRUST_LIST.authorities for key in authority.keys]
    others += [world.STRANGER.kid, world.ROOT.kid, kid[::-1], kid[:7], kid + b"\0", b"", bytes(8), bytes(16)]
    others += [hashlib.sha256(kid).digest(), world.SEALER.jwk["x"].encode()]
    others += [kid[:at] + bytes((byte,)) + kid[at + 1 :] for at in range(8) for byte in range(256)]
    for other in others:
        if other != kid:
            yield "key swaps", with_part(sealed, PROTECTED, cbor.write({1: -9, 4: other}))
    for signer in (world.STRANGER, world.LEAKED, world.SOUTH_SEALER, world.STATUS_SIGNER, world.ROOT):
        for name in (kid, signer.kid):
            if (signer, name) not in ((world.LEAKED, signer.kid), (world.SOUTH_SEALER, signer.kid)):
                header = cbor.write({1: -9, 4: name})
                signed = signer.sign(cbor.write(["Signature1", header, b"", parts[PAYLOAD]]))
                yield "key swaps", put_together([header, parts[UNPROTECTED], parts[PAYLOAD], signed])


def signatures(sealed: bytes) -> Iterator[Mutation]:
    """The larger s, numbers beside the range, r and s in other places and forms, signatures of all-zero."""
    signature = parts_of(sealed)[SIGNATURE]
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    order, full = keys.ORDER, 1 << 256
    numbers = (
        0,
        1,
        2,
        order - 1,
        order,
        order + 1,
        order // 2,
        order // 2 + 1,
        full - 1,
        r,
        s,
        order - r,
        order - s,
    )
    numbers += ((r + order) % full, (s + order) % full, (r - 1) % full, (s + 1) % full, r ^ 1, s ^ 1)
    for one in numbers:
        for two in numbers:
            yield "other signatures", with_part(sealed, SIGNATURE, one.to_bytes(32) + two.to_bytes(32))
    der = keys.to_der(signature)
    forms = [der, signature[32:] + signature[:32], signature[::-1], signature + b"\0", b"\0" + signature]
    forms += [signature[:length] for length in range(64)] + [signature * 2, bytes(64), b"\xff" * 64, b""]
    for form in forms:
        yield "other signatures", with_part(sealed, SIGNATURE, form)
    high = signature[:32] + (order - s).to_bytes(32)
    yield "the larger s", with_part(sealed, SIGNATURE, high)


def mixtures(sealed: bytes, other: bytes) -> Iterator[Mutation]:
    """Parts of two genuine seals put together, and one grafted on the other at every place."""
    ours, theirs = parts_of(sealed), parts_of(other)
    for choice in range(1, 15):
        mixed = [theirs[at] if choice >> at & 1 else ours[at] for at in range(4)]
        # Only the hint taken from the other: still the same seal, found elsewhere or nowhere.
        yield "mixtures", put_together(mixed)
    for at in range(1, min(len(sealed), len(other))):
        yield "mixtures", sealed[:at] + other[at:]
        yield "mixtures", other[:at] + sealed[at:]


def at_random(sealed: bytes, other: bytes, count: int) -> Iterator[Mutation]:
    """Seeded: one to three changes at once of bits, bytes, cuts, insertions, repetitions, grafts."""
    chance = random.Random(SEED)
    for _ in range(count):
        changed = bytearray(sealed)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            _change(changed, other, chance)
        yield "at random", bytes(changed)


def _change(changed: bytearray, other: bytes, chance: random.Random) -> None:
    at, kind = chance.randrange(len(changed)), chance.randrange(8)
    length = chance.choice((1, 1, 2, 4, 16))
    if kind == 0:
        changed[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        changed[at] = chance.randrange(256)
    elif kind == 2:
        del changed[at : at + length]
    elif kind == 3:
        changed[at:at] = chance.randbytes(length)
    elif kind == 4:
        changed[at:at] = changed[at : at + length]
    elif kind == 5:
        changed[at : at + length] = other[at : at + length]
    elif kind == 6:
        changed += chance.randbytes(length)
    else:
        changed[at : at + length] = reversed(changed[at : at + length])
    if not changed:
        changed += b"\xd2"


def every_text(text: str) -> Iterator[TextMutation]:
    """The QR's text changed: digits, groups, scripts of digits, and the address around them."""
    address, number = text.split("#")
    behind = (
        (name, f"{address}#{changed}") for name, changed in (*other_digits(number), *other_scripts(number))
    )
    before = (("other addresses", changed) for changed in other_addresses(address, number))
    for name, changed in (*behind, *before):
        if changed != text:
            yield name, changed


def other_digits(number: str) -> Iterator[TextMutation]:
    for at in range(len(number)):
        for digit in "0123456789":
            if digit != number[at]:
                yield "a digit changed", number[:at] + digit + number[at + 1 :]
        yield "a digit missing", number[:at] + number[at + 1 :]
        yield "leading zeros", number[:at] + "0" + number[at:]
    for count in range(1, 40):
        yield "leading zeros", "0" * count + number
        yield "leading zeros", number + "0" * count
    for at in range(0, len(number), 17):
        group, size = number[at : at + 17], len(digits.decode(number[at : at + 17]))
        for more in range(1, 10):
            written = str(int(group) + (more << 8 * size))
            yield "groups too large", number[:at] + written.zfill(len(group)) + number[at + 17 :]
        yield "groups too large", number[:at] + "9" * len(group) + number[at + 17 :]
        yield "leading zeros", number[:at] + str(int(group)) + number[at + 17 :]


def other_scripts(number: str) -> Iterator[TextMutation]:
    """Digits that int() of Python would take: Arabic, Persian, Devanagari, wide, superscript, bold."""
    for zero in (0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE, 0x2070, 0x2080):
        for at in range(len(number)):
            digit = chr(zero + int(number[at]))
            yield "digits of other scripts", number[:at] + digit + number[at + 1 :]
        yield "digits of other scripts", "".join(chr(zero + int(digit)) for digit in number)
    for strange in (
        "+",
        "-",
        " ",
        "_",
        "\n",
        "\t",
        "\u200b",
        "\u200f",
        "\u202e",
        "\u00a0",
        ".",
        "e",
        "%30",
        "%",
        "#",
    ):
        for at in range(0, len(number) + 1, 7):
            yield "characters between", number[:at] + strange + number[at:]


def other_addresses(address: str, number: str) -> Iterator[str]:
    host = address.removeprefix("https://").removesuffix("/")
    hosts = (
        host.upper(),
        f"{host}.",
        f".{host}",
        f"{host}:443",
        f"a@{host}",
        f"{host}.evil.example",
        f"x{host}",
    )
    hosts += (
        host.replace("m", "rn"),
        host.replace("e", "е"),
        host.replace(".", "。"),
        "evil.example",
        "",
        f"{host}/x",
    )
    for each in hosts:
        yield f"https://{each}/#{number}"
    for scheme in (
        "http://",
        "HTTPS://",
        "https:/",
        "https:",
        "//",
        "",
        "javascript:",
        " https://",
        "rukhsa://",
    ):
        yield f"{scheme}{host}/#{number}"
    for around in ("{} ", " {}", "{}\n", "\ufeff{}", "{}\0", "{}#", "{}?", "{0}{0}", "<{}>", "{}&x=1"):
        yield around.format(f"{address}#{number}")
    for joint in ("?", "/#", "%23", "##", "#/", "#x=", "", "?#", "#%23"):
        yield f"{address}{joint}{number}"


def sealed_again(sealed: bytes) -> Iterator[Mutation]:
    """Other encodings with a new signature of the authority's own key: what is wrong is the form alone."""
    parts = parts_of(sealed)
    means_the_same = (
        "not the shortest",
        "indefinite",
        "reserved",
        "twice",
        "order",
        "float",
        "tag",
        "big",
        "CBOR",
        "for text",
    )
    for at in (PROTECTED, PAYLOAD):
        for name, part in other_encodings(parts[at]):
            if any(way in name for way in means_the_same):
                changed = [*parts]
                changed[at] = part
                signed = cbor.write(["Signature1", changed[PROTECTED], b"", changed[PAYLOAD]])
                changed[SIGNATURE] = world.SEALER.sign(signed)
                yield name, put_together(changed)
