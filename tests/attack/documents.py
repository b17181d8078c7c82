"""Files: a released document with bytes changed, saved again, signed by others, and files that are none of ours."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import typst
from PIL import Image

from tests.attack.ground import Ground
from tests.attack.seals import BENT, STRANGER, verdict_on
from tests.attack.tries import Tries, kind
from tests.attack.uploads import resaved
from tests.files.pdfs import attaching, written
from tests.trust import files

PLACES = 160
APPROVED: dict[str, Any] = {"certify": False, "docmdp_permissions": None}
FORGED = (*BENT, "422")


@kind(
    tried=f"a released file with one byte changed, at {PLACES} places spread over it and its signature",
    must="never valid", tries=PLACES, controls=2, since="inputs: the verifier, 9",
)  # fmt: skip
def bytes_changed(ground: Ground) -> Tries:
    file = ground.documents["CAP"].pdf
    for town, document in ground.documents.items():
        yield verdict_on(f"the file of {town}", ground.ask_file(document.pdf), "valid", control=True)
    contents = file.rindex(b"/Contents")
    ends = file.index(b">", contents)
    spread = [number * (len(file) - 1) // (PLACES // 2 - 1) for number in range(PLACES // 2)]
    # Half of the places lie in the signature, which nothing covers.
    signed = [contents + number * (ends - contents) // (PLACES // 2) for number in range(PLACES // 2)]
    for place in (*spread, *signed):
        altered = file[:place] + bytes([file[place] ^ (0x20 if place % 2 else 0x01)]) + file[place + 1 :]
        yield verdict_on(f"byte {place}", ground.ask_file(altered), *FORGED)


@kind(
    tried="a released file cut, grown, saved by other programs, with a revision behind it, certified by a stranger",
    must="never valid", tries=26, controls=0, since="inputs 4, 9; threat T27",
)  # fmt: skip
def files_forged(ground: Ground) -> Tries:
    ours, other = ground.documents["CAP"].pdf, ground.documents["MUH"].pdf
    for name, content in _forged(ours, other):
        yield verdict_on(name, ground.ask_file(content), *FORGED)


def _forged(ours: bytes, other: bytes) -> Iterator[tuple[str, bytes]]:
    for share in (1, 3, 5, 7, 9):
        yield f"the first {share} tenths", ours[: len(ours) * share // 10]
    yield from {
        "a byte behind": ours + b"\n", "zeros behind": ours + bytes(4096), "a page of HTML behind": ours + b"<html>",
        "itself behind": ours + ours, "another of ours behind": ours + other, "a byte before": b"\n" + ours,
        "HTML before": b"<html><!--" + ours, "a program before": b"MZ" + ours, "saved again": resaved(ours),
        "without its end": ours.rstrip()[:-5], "line ends changed": ours.replace(b"\n", b"\r\n"),
    }.items()  # fmt: skip
    contents = re.findall(rb"/Contents\s*<([0-9A-Fa-f]+)>", ours)[-1]
    theirs = re.findall(rb"/Contents\s*<([0-9A-Fa-f]+)>", other)[-1]
    yield "the signature in capitals", ours.replace(contents, contents.upper())
    yield "another's signature", ours.replace(contents, theirs[: len(contents)].ljust(len(contents), b"0"))
    yield "a signature of zeros", ours.replace(contents, b"0" * len(contents))
    yield "no signature", ours.replace(contents, b"")
    yield "P 1 as P 3", ours.replace(b"/P 1", b"/P 3")
    bare = _bare(ours)
    yield "its signature taken out", bare
    yield "approved by a stranger", files.sign_by_pyhanko(bare, STRANGER, **APPROVED)
    yield "certified by a stranger", files.sign_by_pyhanko(bare, STRANGER)
    with pikepdf.open(io.BytesIO(ours)) as document, io.BytesIO() as out:
        document.pages[0].contents_add(b"BT /F1 40 Tf 80 400 Td (PAID) Tj ET")
        document.save(out)
        yield "words over the page", out.getvalue()
    update = b"\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R/Size 2>>\nstartxref\n0\n%%EOF\n"
    yield "a revision with another catalogue", ours + update


def _bare(ours: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(ours)) as document, io.BytesIO() as out:
        for name in ("/AcroForm", "/Perms"):
            if name in document.Root:
                del document.Root[name]
        for page in document.pages:
            if "/Annots" in page.obj:
                del page.obj["/Annots"]
        document.save(out)
        return out.getvalue()


@kind(
    tried="files of other libraries (pikepdf, typst, Pillow, WeasyPrint, XlsxWriter, by hand), some signed by others",
    must="not one of ours; never altered, never valid", tries=16, controls=0, since="inputs 4",
)  # fmt: skip
def files_foreign(ground: Ground) -> Tries:
    for name, content in _foreign():
        yield verdict_on(name, ground.ask_file(content), "not-ours")


def _foreign() -> Iterator[tuple[str, bytes]]:
    from weasyprint import HTML

    plain = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.save(plain)
    letter = bytes(typst.compile(b"= Lease\nOf a flat in Juffair.", format="pdf"))
    archival = bytes(
        typst.compile(b'#set document(title: "x")\n= Lease', format="pdf", pdf_standards=["a-3b"])
    )
    photo = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(photo, "PDF")
    web = bytes(HTML(string="<h1>Licence</h1><p>No. 12</p>").write_pdf() or b"")
    made = {"pikepdf": plain.getvalue(), "typst": letter, "typst, PDF/A": archival, "Pillow": photo.getvalue(),
            "WeasyPrint": web, "by hand": written("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 0/Kids[]>>"),
            "with a table": attaching("a.csv", b"1,2\n"), "with our names of attachments": attaching("seal.cwt", b"x"),
            "%PDF- and nothing": b"%PDF-1.7\n", "%PDF- and zeros": b"%PDF-1.7\n" + bytes(9000)}  # fmt: skip
    yield from made.items()
    for name in ("pikepdf", "typst", "typst, PDF/A", "WeasyPrint"):
        yield f"{name}, signed by another", files.sign_by_pyhanko(made[name], STRANGER)
    for name in ("typst", "typst, PDF/A"):
        yield f"{name}, signed without certifying", files.sign_by_pyhanko(made[name], STRANGER, **APPROVED)
