"""PDFs written by hand, object by object, as no honest program would."""

import io
import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

PAGES = "<</Type/Pages/Count 1/Kids[3 0 R]>>"
PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>"
CATALOGUE = "<</Type/Catalog/Pages 2 0 R/Held 4 0 R>>"


def written(*objects: str | bytes) -> bytes:
    """A PDF with these objects, the first being its catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        plain = content if isinstance(content, bytes) else content.encode("latin-1")
        out += b"%d 0 obj\n%b\nendobj\n" % (number, plain)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Root 1 0 R/Size {size}>>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def holding(content: str | bytes) -> bytes:
    """A PDF of one page in which one more object hangs from the catalogue."""
    return written(CATALOGUE, PAGES, PAGE, content)


def with_page(entries: str, *more: str) -> bytes:
    """A PDF whose only page has these entries as well."""
    return written(CATALOGUE, PAGES, PAGE[:-2] + entries + ">>", "[]", *more)


def with_catalogue(entries: str, *more: str) -> bytes:
    """A PDF whose catalogue has these entries as well."""
    return written(CATALOGUE[:-2] + entries + ">>", PAGES, PAGE, "[]", *more)


def attaching(name: str, content: bytes, *, annotated: bool = False) -> bytes:
    """A PDF that carries a file: as its own, or behind a pin on its page."""
    with pikepdf.new() as document, io.BytesIO() as out:
        page = document.add_blank_page(page_size=(595, 842))
        if annotated:
            file = pikepdf.AttachedFileSpec(document, content, filename=name)
            pin: dict[str, Any] = {
                "Subtype": Name.FileAttachment,
                "Rect": Array([0, 0, 9, 9]),
                "FS": file.obj,
            }
            page.obj.Annots = Array([document.make_indirect(Dictionary(Type=Name.Annot, **pin))])
        else:
            document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
        document.save(out)
        return out.getvalue()


def packed(script: str = "app.alert(1)", *, zeros: int = 0) -> bytes:
    """A PDF whose script stands in a stream of objects, behind `zeros` bytes of padding in the same stream."""
    catalogue = b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>"
    acts = f"<</S/JavaScript/JS({script})>>".encode()
    inside = b"4 0 5 %d " % (len(acts) + 1)
    plain = inside + acts + b" " + b"[" + b" " * zeros + b"]"
    stream = zlib.compress(plain, 9)
    objects = [catalogue, PAGES.encode(), PAGE.encode()]
    out, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    places.append(len(out))
    head = b"<</Type/ObjStm/N 2/First %d/Filter/FlateDecode/Length %d>>" % (len(inside), len(stream))
    out += b"6 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (head, stream)
    start = len(out)
    entries = [(0, 0, 255), *((1, place, 0) for place in places[:3]), (2, 6, 0), (2, 6, 1), (1, places[3], 0)]
    entries.append((1, start, 0))
    table = b"".join(bytes([a]) + b.to_bytes(4, "big") + bytes([c]) for a, b, c in entries)
    head = b"<</Type/XRef/Size 8/W[1 4 1]/Root 1 0 R/Length %d>>" % len(table)
    return out + b"7 0 obj\n%b\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        head,
        table,
        start,
    )
