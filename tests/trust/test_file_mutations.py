"""No byte of a released file can be changed: every place of its signature's string, and samples of everything else."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import chain

import pytest

from rukhsa.issuance.signature import beside
from rukhsa.trust import cms, coverage, der, keys, stamp, trustlist
from rukhsa.trust.errors import BadPdf, BadStamp
from rukhsa.trust.sources import MemorySource
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier
from tests.trust.files import without_unsigned
from tests.trust.vectors.files import make

WORLD = json.loads(make.CASES.read_text("utf-8"))
AT = datetime.fromisoformat(WORLD["at"])
DATA = (make.FOLDER / "stamped.pdf").read_bytes()
COVERED = coverage.read(DATA)
# Where the string's digits begin, and where only zeros follow.
FIRST, LAST = COVERED.before + 1, COVERED.before + 1 + 2 * len(COVERED.contents.rstrip(b"\0"))


@cache
def verifier() -> Verifier:
    files = {address: base64.b64decode(data) for address, data in WORLD["files"].items()}
    trust_list = trustlist.read(WORLD["trust_lists"]["stamping"], WORLD["root"])
    source = MemorySource(files=files)
    return Verifier(trust_list=trust_list, status=source, log=source, looks_at_pages=False)


def verdict_on(data: bytes) -> Verdict:
    return verifier().verify_pdf(data, at=AT)


def with_byte(at: int, byte: int) -> bytes:
    return DATA[:at] + bytes((byte,)) + DATA[at + 1 :]


def in_the_string() -> Iterator[bytes]:
    """Each digit in another case, as a neighbour, as a space, and its low bits turned."""
    for at in range(FIRST, LAST + 8):
        old = DATA[at]
        digit = int(chr(old), 16)
        others = {ord(chr(old).swapcase()), 0x20, *(ord(f"{digit ^ bit:x}") for bit in (1, 8))}
        yield from (with_byte(at, byte) for byte in sorted(others - {old}))
    for at in (FIRST - 1, LAST + 1, COVERED.after - 2, COVERED.after - 1):
        yield from (with_byte(at, byte) for byte in range(256) if byte != DATA[at])


def elsewhere() -> Iterator[bytes]:
    """All values at places spread over the file; every letter near the signature and at the end in another case."""
    for at in range(0, len(DATA), 6007):
        if not FIRST <= at < COVERED.after:
            yield from (with_byte(at, byte) for byte in range(256) if byte != DATA[at])
    near = (*range(FIRST - 300, FIRST), *range(COVERED.after, len(DATA)))
    for at in near:
        swapped = DATA[at : at + 1].swapcase()
        if swapped != DATA[at : at + 1]:
            yield with_byte(at, swapped[0])
    yield from (DATA + more for more in (b"\0", b"\n", b" ", b"\r\n", b"%%EOF\n"))
    yield from (DATA[:-count] for count in range(1, 8))


@pytest.mark.slow
def test_no_byte_of_a_released_and_stamped_file_can_be_changed() -> None:
    assert verdict_on(DATA).valid
    tried = 0
    for tried, changed in enumerate(chain(in_the_string(), elsewhere()), 1):
        assert not verdict_on(changed).valid, f"change {tried}"
    assert tried > 12_000


def test_the_whole_string_in_capitals_is_another_file() -> None:
    capitals = DATA[:FIRST] + DATA[FIRST : COVERED.after - 1].upper() + DATA[COVERED.after - 1 :]
    assert (verdict_on(capitals).word, verdict_on(capitals).reason) == ("altered", "pdf-not-covered")


def signed() -> cms.Signed:
    return cms.read(COVERED.contents, COVERED.digest)


def test_what_says_the_same_in_other_bytes_is_refused() -> None:
    """The larger s, longer lengths, parameters that may be left out, another order, extra data: each alone."""
    contents, read = COVERED.contents.rstrip(b"\0"), signed()
    assert read.stamp is not None
    assert read.proof is not None
    raw = keys.from_der(read.signature)
    larger = keys.to_der(raw[:32] + (keys.ORDER - int.from_bytes(raw[32:])).to_bytes(32))
    sha256 = bytes.fromhex("300b0609608648016503040201")
    changes = {
        "the larger s": lengthened(
            contents, *(der.write(der.OCTETS, each) for each in (read.signature, larger))
        ),
        "parameters of a digest": lengthened(
            contents, sha256, bytes.fromhex("300d06096086480165030402010500")
        ),
        "a length in two bytes": lengthened(contents, bytes.fromhex("020101"), bytes.fromhex("02810101")),
    }
    for name, changed in changes.items():
        assert changed != contents, name
        with pytest.raises(BadPdf, match="pdf-bad-signature"):
            cms.read(changed, COVERED.digest)
    extra = read.proof.replace(b"\nindex", b"\nextra AAAA\nindex", 1)
    bare = coverage.read((make.FOLDER / "released.pdf").read_bytes())
    unsigned = without_unsigned(bare.contents)
    for proof, reason in ((read.proof, "in-force"), (extra, "bad-proof")):
        assert verdict_on(COVERED.filled(beside(unsigned, stamp=read.stamp, proof=proof))).reason == reason


def test_a_stamp_has_one_form_and_is_brought_into_it() -> None:
    read = signed()
    assert read.stamp is not None
    nulls = bytes.fromhex("300d06096086480165030402010500")
    loose = lengthened(read.stamp, nulls, bytes.fromhex("300b0609608648016503040201"))
    with pytest.raises(BadStamp):
        stamp.read(loose, read.signature)
    assert stamp.plain(loose, read.signature) == read.stamp
    assert stamp.plain(read.stamp, read.signature) == read.stamp


def lengthened(whole: bytes, old: bytes, new: bytes) -> bytes:
    """An element with another one inside replaced, at its first place; every length around it written again."""
    if whole == old:
        return new
    if old not in whole or not whole[0] & 0x20:
        return whole
    length = whole[1]
    start = 2 if length < 0x80 else 2 + (length & 0x7F)
    parts, rest, done = [], whole[start:], False
    while rest:
        size = rest[1] if rest[1] < 0x80 else int.from_bytes(rest[2 : 2 + (rest[1] & 0x7F)])
        end = size + (2 if rest[1] < 0x80 else 2 + (rest[1] & 0x7F))
        changed = rest[:end] if done else lengthened(rest[:end], old, new)
        done = done or changed != rest[:end]
        parts.append(changed)
        rest = rest[end:]
    return der.write(whole[0], *parts)


class Whatever(bytes):
    """Bytes that are taken for any others."""

    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


def test_without_the_comparison_the_larger_s_would_be_another_file_that_is_valid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control of the one form."""
    read = signed()
    raw = keys.from_der(read.signature)
    larger = keys.to_der(raw[:32] + (keys.ORDER - int.from_bytes(raw[32:])).to_bytes(32))
    bare = coverage.read((make.FOLDER / "released.pdf").read_bytes())
    turned = lengthened(
        without_unsigned(bare.contents), *(der.write(der.OCTETS, each) for each in (read.signature, larger))
    )
    data = COVERED.filled(beside(turned, proof=read.proof))
    assert verdict_on(data).reason == "pdf-bad-signature"
    monkeypatch.setattr(cms, "_written", lambda *_: Whatever())
    assert verdict_on(data).valid
