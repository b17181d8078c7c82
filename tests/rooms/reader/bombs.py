"""Files that cost far more to read than to send."""

import io
import struct
import zipfile
import zlib
from functools import cache
from typing import Final

import numpy as np
from PIL import Image

MEGABYTE: Final = 1 << 20
SCRIPT: Final = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


def spaces(megabytes: int, before: bytes = b"") -> bytes:
    """So many megabytes of spaces behind `before`, packed by deflate: the packer is asked for one of them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(before)
    for _ in range(megabytes):
        check = zlib.adler32(b" " * MEGABYTE, check)
    return b"\x78\xda" + first + block * megabytes + packer.flush() + struct.pack(">I", check)


@cache
def packed_objects(megabytes: int, inside: bytes = SCRIPT) -> bytes:
    """A PDF of some 3 kB whose stream of objects holds a script, and then spaces: of 1,000 MB, packed twice."""
    head = b"5 0 "
    packed = zlib.compress(spaces(megabytes, head + inside), 9)
    parts, places = [b"%PDF-1.5\n"], {}
    for number, content in (
        (1, b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>"),
        (2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>"),
        (
            4,
            b"<</Type/ObjStm/N 1/First %d/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream"
            % (len(head), len(packed), packed),
        ),
    ):
        places[number] = sum(map(len, parts))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    at = sum(map(len, parts))
    rows = [(0, 0, 65535), *((1, places[number], 0) for number in (1, 2, 3, 4)), (2, 4, 0), (1, at, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    parts.append(
        b"6 0 obj\n<</Type/XRef/Size 7/Root 1 0 R/W[1 4 2]/Length %d>>stream\n%s\nendstream\nendobj\n"
        % (len(table), table)
    )
    return b"".join(parts) + b"startxref\n%d\n%%%%EOF\n" % at


def _plain(*objects: bytes) -> bytes:
    parts, places = [b"%PDF-1.4\n"], []
    for number, content in enumerate(objects, 1):
        places.append(sum(map(len, parts[-1:])) + (places[-1] if places else 0))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    at = sum(map(len, parts))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return b"".join(parts) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, at)
    )


@cache
def one_page_many_times(times: int = 900_000) -> bytes:
    """A page tree whose one page is its child so many times: five megabytes."""
    return _plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * times, times),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
    )


@cache
def deep_page_tree(depth: int = 100_000) -> bytes:
    """Pages within pages, so many floors deep."""
    floors = (b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R]/Count 1>>" % (n - 1, n + 1) for n in range(3, depth))
    return _plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        *floors,
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 72 72]>>" % (depth - 1),
    )


@cache
def doubling_page_tree(floors: int = 40) -> bytes:
    """Each floor has the next one twice: more pages than can be counted."""
    return _plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        *(
            b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count %d>>"
            % (number + 1, number + 1, 1 << (floors + 2 - number))
            for number in range(2, floors + 2)
        ),
        b"<</Type/Page/MediaBox[0 0 72 72]>>",
    )


@cache
def brackets(count: int = 3_000_000) -> bytes:
    """An object of nothing but opening brackets."""
    return _plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R>>",
        b"[" * count,
    )


@cache
def eyes(side: int = 2600, module: int = 1) -> bytes:
    """A PNG full of the eyes of QR codes: of 2,600 dots a side it has some 17 kB."""
    eye = np.ones((9, 9), dtype=np.uint8)
    eye[1:8, 1:8], eye[2:7, 2:7], eye[3:6, 3:6] = 0, 1, 0
    tile = np.kron(eye, np.ones((module, module), dtype=np.uint8)) * 255
    times = side // tile.shape[0] + 1
    return _png(Image.fromarray(np.tile(tile, (times, times))[:side, :side]).convert("1"))


@cache
def colours(megapixels: int = 24) -> bytes:
    """A PNG of one colour and full transparency, of so many million pixels."""
    return _png(Image.new("RGBA", (6000, megapixels * 1_000_000 // 6000), (200, 30, 30, 120)))


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def aliases() -> str:
    """Nine aliases of nine: 359 bytes of YAML that stand for a billion words."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{this}: &{this} [{','.join(f'*{last}' for _ in range(9))}]"
        for last, this in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return "\n".join(lines)


@cache
def workbook(megabytes: int = 1000) -> bytes:
    """A workbook (xlsx) whose one sheet unpacks to so much."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(megabytes):
            sheet.write(b" " * MEGABYTE)
    return file.getvalue()
