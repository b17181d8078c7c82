"""What happens to a file on its way, and what no honest program writes, from our own hand."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.files.pdfs import attaching, packed, with_catalogue, with_page
from tests.producers.programs import ghostscript

_FIELD: Final = (
    "/Annots[<</Subtype/Widget/FT/Tx/T(rent)/Rect[50 600 150 620]/AA<</F<</S/JavaScript"
    '/JS(AFNumber_Format\\(3, 0, 0, 0, "BD ", true\\);)>>>>>>]'
)


def letter(change: Callable[[bytes], bytes]) -> Callable[[Path], bytes]:
    """Ghostscript's letter, changed."""
    return lambda folder: change(ghostscript("-sDEVICE=pdfwrite")(folder))


def pages(count: int) -> Callable[[Path], bytes]:
    def make(_folder: Path) -> bytes:
        with pikepdf.new() as document, io.BytesIO() as out:
            for _ in range(count):
                document.add_blank_page(page_size=(595, 842))
            document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
            return out.getvalue()

    return make


def pinned(_folder: Path) -> bytes:
    return attaching("setup.exe", b"MZ\x90\x00" + b"\0" * 64, annotated=True)


def collected(_folder: Path) -> bytes:
    with pikepdf.open(io.BytesIO(attaching("rent.txt", b"rent"))) as document, io.BytesIO() as out:
        document.Root.Collection = Dictionary(Type=Name.Collection, Schema=Dictionary(), Sort=Array())
        document.save(out)
        return out.getvalue()


ROWS: Final = [
    ("line-before.pdf", "by hand", "a line break before %PDF", letter(lambda content: b"\r\n" + content)),
    (
        "byte-order-mark.pdf",
        "by hand",
        "a byte order mark before %PDF",
        letter(lambda content: b"\xef\xbb\xbf" + content),
    ),
    (
        "zeros-behind.pdf",
        "by hand",
        "4,096 zeros behind the end",
        letter(lambda content: content + b"\0" * 4096),
    ),
    ("cut-at-the-end.pdf", "by hand", "the last 30 bytes are missing", letter(lambda content: content[:-30])),
    (
        "cut-in-the-middle.pdf",
        "by hand",
        "the second half is missing",
        letter(lambda content: content[: len(content) // 2]),
    ),
    ("200-pages.pdf", "by hand", "200 pages", pages(200)),
    ("250-pages.pdf", "by hand", "250 pages", pages(250)),
    ("form-that-formats.pdf", "by hand", "a form whose script formats a field", lambda _: with_page(_FIELD)),
    (
        "script.pdf",
        "by hand",
        "a script on opening",
        lambda _: with_catalogue("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
    ),
    (
        "script-in-a-bomb.pdf",
        "by hand",
        "a script among packed objects that unpack to 80 MB",
        lambda _: packed(zeros=80 << 20),
    ),
    (
        "launch.pdf",
        "by hand",
        "starts a program",
        lambda _: with_catalogue("/OpenAction<</S/#4caunch/F(cmd.exe)>>"),
    ),
    (
        "other-machine.pdf",
        "by hand",
        "opens a file on another machine",
        lambda _: with_catalogue("/OpenAction<</S/GoToR/F(\\\\\\\\host\\\\x.pdf)/D[0/Fit]>>"),
    ),
    (
        "xfa.pdf",
        "by hand",
        "a form in XFA",
        lambda _: with_catalogue("/AcroForm<</Fields[]/XFA[(form)4 0 R]>>"),
    ),
    ("pinned-program.pdf", "by hand", "a program behind a pin", pinned),
    ("collection.pdf", "by hand", "a collection of files", collected),
]
