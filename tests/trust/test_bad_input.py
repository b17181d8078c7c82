"""Bombs and giants: each is an error with a code, within seconds of processor and 200 MB, and never valid."""

import base64
import io
import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from rukhsa.trust import cbor, statuslist
from tests.trust import files, world

ROOT = Path(__file__).parents[2]
TEN_MB, THOUSAND = 10 << 20, 1000


@cache
def zeros(size: int) -> bytes:
    """So many bytes of nothing, squeezed."""
    squeeze = zlib.compressobj(6)
    parts = [squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join(parts) + squeeze.flush()


def bomb() -> bytes:
    """300 kB that become 300 MB."""
    return zeros(300 << 20)


def texts() -> Iterator[tuple[str, bytes, str]]:
    link = b"https://v.mun.example/#"
    yield "text.ten megabytes of digits", link + b"0" * TEN_MB, "altered bad-link"
    yield "text.ten megabytes of Arabic", "رخصة".encode() * (TEN_MB // 8), "not-ours other-code"
    yield "text.ten megabytes of dots", b"https://" + b"a." * (TEN_MB // 2) + b"/#1", "not-ours other-code"
    yield "text.as long as may be", link + b"9" * 2500, "altered bad-digits"
    yield "file.ten megabytes of digits", link + b"0" * TEN_MB, "altered bad-link"


def seals() -> Iterator[tuple[str, bytes, str]]:
    yield "seal.ten megabytes", b"\xd2" + bytes(TEN_MB), "not-ours other-seal"
    yield "seal.an array of 2 to the 64", b"\xd2\x9b" + b"\xff" * 8, "not-ours other-seal"
    yield "seal.bytes of 2 to the 63", b"\xd2\x5b\x7f" + b"\xff" * 7, "not-ours other-seal"
    yield "seal.arrays in arrays", b"\xd2" + b"\x81" * THOUSAND, "not-ours other-seal"
    yield "seal.maps in maps", b"\xd2" + b"\xa1\x00" * 500, "not-ours other-seal"
    yield "seal.tags in tags", b"\xd2" * 1024, "not-ours other-seal"


def lists() -> Iterator[tuple[str, bytes, str]]:
    signer = world.STATUS_SIGNER
    protected = cbor.write({1: -9, 4: signer.kid, 16: statuslist.CWT_TYPE})
    claims = {2: world.STATUS_URI, 4: 2_000_000_000, 6: 1_600_000_000, 65534: 900}
    payload = cbor.write({**claims, 65533: {"bits": 2, "lst": bomb()}})
    signature = signer.sign(cbor.write(["Signature1", protected, b"", payload]))
    refused = "refused bad-status-list"
    yield "status.inflates without end", b"\xd2" + cbor.write([protected, {}, payload, signature]), refused
    yield "status.ten megabytes", b"\xd2" + bytes(TEN_MB), refused
    yield "status.cut short", b"\xd2\x84\x5b\x00\x00\x00\xff" + b"\xff" * 4, refused
    nested = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 200_000).rstrip(b"=")
    yield "status.JSON in JSON", nested + b".e30.AAAA", refused
    number = base64.urlsafe_b64encode(b'{"alg":' + b"9" * 500_000 + b"}").rstrip(b"=")
    yield "status.a number of half a million digits", number + b".e30.AAAA", refused
    for name, data in (
        ("ten megabytes", b"A" * TEN_MB),
        ("JSON in JSON", nested + b".e30.AAAA"),
        ("a number", number),
    ):
        yield f"trust-list.{name}", data, "refused bad-trust-list"


def logs() -> Iterator[tuple[str, bytes, str]]:
    lines = b"c2sp.org/tlog-proof@v1\nindex 5\n" + (b"A" * 43 + b"=\n") * 200_000 + b"\n"
    yield "proof.two hundred thousand hashes", lines, "altered bad-proof"
    yield "proof.ten megabytes of lines", b"\n" * TEN_MB, "altered bad-proof"
    yield (
        "proof.a long index",
        b"c2sp.org/tlog-proof@v1\nindex " + b"9" * TEN_MB + b"\n\nx\n",
        "altered bad-proof",
    )
    yield "proof-alone.ten megabytes", b"c2sp.org/tlog-proof@v1\n" + b"x" * TEN_MB, "refused bad-proof"
    yield "tile.ten megabytes", bytes(TEN_MB), "cannot-tell bad-log"
    yield "tile.nothing", b"", "cannot-tell bad-log"
    yield (
        "checkpoint.ten megabytes of signatures",
        b"x\n1\ny\n\n" + "— x AAAA\n".encode() * 900_000,
        "refused bad-checkpoint",
    )
    yield "checkpoint.ten megabytes of lines", b"\n" * TEN_MB, "refused bad-checkpoint"


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, depth: int, colour: int, data: bytes, *more: bytes) -> bytes:
    """A PNG that says of itself what it likes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def picture(kind: str, width: int, height: int) -> bytes:
    """A white picture."""
    file = io.BytesIO()
    Image.new("RGB" if kind == "JPEG" else "L", (width, height), 255).save(file, kind)
    return file.getvalue()


def pictures() -> Iterator[tuple[str, bytes, str]]:
    giant = "refused too-many-pixels"
    yield "file.20,000 pixels a side", png(20_000, 20_000, 1, 0, zeros(50 << 20)), giant
    yield "file.20,000 pixels a side in colour", png(20_000, 20_000, 16, 6, bomb()), giant
    yield "file.2 to the 31 pixels a side", png((1 << 31) - 1, (1 << 31) - 1, 8, 6, bomb()), giant
    yield "file.7,000 pixels a side in colour", png(7_000, 7_000, 8, 6, zeros(196 << 20)), giant
    yield "file.small and inflates without end", png(40, 40, 8, 0, bomb()), "refused no-code"
    text = chunk(b"zTXt", b"Comment\0\0" + bomb())
    yield "file.a comment that inflates", png(40, 40, 8, 0, zeros(1 << 20), text), "refused broken-picture"
    yield "file.a picture cut short", png(4_000, 4_000, 8, 0, bomb()[:100]), "refused broken-picture"
    yield "file.a photograph of 48 megapixels", picture("JPEG", 8_000, 6_000), "refused no-code"
    yield "file.a picture of 16 megapixels", picture("PNG", 4_000, 4_000), "refused no-code"


def documents() -> Iterator[tuple[str, bytes, str]]:
    """Files of strangers; and files under the authority's own key, as only the parser behind could refuse them."""
    head = b"%PDF-1.7\n"
    objects = b"".join(
        b"%d 0 obj\n<</Kids[%d 0 R]/Parent %d 0 R>>\nendobj\n" % (n, n + 1, n) for n in range(1, 10_001)
    )
    yield (
        "file.10,000 objects and loops",
        head + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n",
        "not-ours other-file",
    )
    yield (
        "file.a stranger's stream that inflates",
        head + b"1 0 obj<</Filter/FlateDecode>>stream\n" + bomb(),
        "not-ours other-file",
    )
    yield (
        "file.ten megabytes of byte ranges",
        head + b"/ByteRange[0 1 2 3]" * (TEN_MB // 19),
        "not-ours other-signature",
    )
    yield "file.ten megabytes of brackets", head + b"<<" * (TEN_MB // 2), "not-ours other-file"
    yield "file.ten megabytes of ends", head + b"%%EOF\n" * (TEN_MB // 6), "not-ours other-file"
    yield "file.signed and inflates", signed_with(inflates), "altered pdf-attachments"
    # These are read to their end, where the log does not know them.
    yield "file.signed, 10,000 objects and loops", signed_with(loops), "not-registered pdf-not-in-log"
    yield "file.signed and nested", signed_with(nested), "not-registered pdf-not-in-log"


def signed_with(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A released file of ours, changed and then certified with the authority's key."""
    site = world.town_hall()
    composed = files.compose(files.attachments(site, site.issue()))
    with pikepdf.open(io.BytesIO(composed)) as document:
        change(document)
        file = io.BytesIO()
        document.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return files.sign_by_pyhanko(file.getvalue())


def inflates(document: pikepdf.Pdf) -> None:
    for name in ("seal.cwt", "facts.json"):
        document.attachments[name].obj.EF.F.write(bomb(), filter=pikepdf.Name.FlateDecode)


def loops(document: pikepdf.Pdf) -> None:
    first = document.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array()))
    last = first
    for _ in range(10_000):
        last = document.make_indirect(pikepdf.Dictionary(Parent=last, Kids=pikepdf.Array([first, last])))
    first.Kids.append(last)
    document.Root.Strange = last


def nested(document: pikepdf.Pdf) -> None:
    inside = pikepdf.Array()
    for _ in range(400):
        inside = pikepdf.Array([inside])
    document.Root.Strange = inside


CONTROLS = {"control-inflate.a bomb": "out of memory", "control-loop.for ever": "ended by -24"}


@pytest.fixture(scope="module")
def cases() -> dict[str, tuple[bytes, str]]:
    every = (texts, seals, lists, logs, pictures, documents)
    return {name: (data, expected) for group in every for name, data, expected in group()}


@pytest.mark.slow
def test_each_is_an_error_with_a_code_in_seconds_and_200_megabytes(
    cases: dict[str, tuple[bytes, str]], tmp_path: Path
) -> None:
    for name, (data, _) in cases.items():
        (tmp_path / name).write_bytes(data)
    found = judged(tmp_path)
    wrong = {
        name: (found[name], expected)
        for name, (_, expected) in cases.items()
        if not found[name].startswith(expected) or found[name].endswith((" fault", " bad-pdf MemoryError"))
    }
    assert not wrong
    assert len(found) == len(cases) >= 44


@pytest.mark.slow
def test_a_reader_without_limits_would_be_ended_by_them(tmp_path: Path) -> None:
    """The negative control: the limits hold, and the bomb is one."""
    (tmp_path / "control-inflate.a bomb").write_bytes(bomb())
    (tmp_path / "control-loop.for ever").write_bytes(b"")
    assert judged(tmp_path) == CONTROLS


def judged(folder: Path) -> dict[str, str]:
    """What came of each file of the folder."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.bounded", str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}/src:{ROOT}"},
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {each["name"]: each["outcome"] for each in map(json.loads, done.stdout.splitlines())}
