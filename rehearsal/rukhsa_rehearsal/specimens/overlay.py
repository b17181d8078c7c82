"""Forges a finished file by an appended update that covers a line or writes another."""

import io
from typing import Final

import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from rukhsa.trust.printed import PDFIUM

_SCALE: Final = 150 / 72  # of pictures: 150 dots an inch, so that the code can be read from them

type Box = tuple[float, float, float, float]


def paint_over(file: bytes, text: str, *, instead: str = "") -> bytes:
    """Append an update that covers the printed `text` and writes `instead` in its place."""
    left, bottom, right, top = box_of(file, text)
    drawing = (
        f"q 1 1 1 rg {left - 2:.1f} {bottom - 2:.1f} {right - left + 4:.1f} {top - bottom + 4:.1f} re f Q"
    )
    if instead:
        drawing += f" q BT /Forged 11 Tf 0 0 0 rg {left:.1f} {bottom:.1f} Td ({instead}) Tj ET Q"
    writer = IncrementalPdfFileWriter(io.BytesIO(file))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    stream = writer.add_object(generic.StreamObject(stream_data=drawing.encode()))
    before, after = (writer.add_object(generic.StreamObject(stream_data=data)) for data in (b"q", b"Q"))
    drawn = page.raw_get("/Contents")
    drawn = list(drawn) if isinstance(drawn, generic.ArrayObject) else [drawn]
    page["/Contents"] = generic.ArrayObject([before, *drawn, after, stream])
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = generic.DictionaryObject(  # type: ignore[no-untyped-call]
        {generic.NameObject(key): generic.NameObject(value) for key, value in font.items()}
    )
    none: generic.PdfObject = generic.DictionaryObject()  # type: ignore[no-untyped-call]
    fonts = page["/Resources"].setdefault(generic.NameObject("/Font"), none)
    fonts[generic.NameObject("/Forged")] = writer.add_object(named)
    writer.update_container(page)
    writer.update_container(fonts)
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def box_of(file: bytes, text: str) -> Box:
    """Where a text is printed on the first page, in points: left, bottom, right, top."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(file)
        try:
            page = document[0].get_textpage()
            found = page.search(text).get_next()
            assert found is not None, text
            boxes = [page.get_charbox(found[0] + number) for number in range(found[1])]
        finally:
            document.close()
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def picture_of(file: bytes) -> bytes:
    """The first page as a PNG, as a phone or a scanner would have it."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(file)
        try:
            picture = document[0].render(scale=_SCALE).to_pil().convert("P", palette=1, colors=64)
        finally:
            document.close()
    output = io.BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()
