"""Strings and files that people, browsers and attackers send, and what no response may contain."""

import io
import struct
import zlib
from html import escape
from typing import Any, Final

import pikepdf
from PIL import Image

from rukhsa_rehearsal.story import samples

# Ideas from the Big List of Naughty Strings, one of each kind.
STRINGS: Final = {
    "nul": "a\x00b",
    "control": "a\x01\x08\x1b[31mb",
    "delete": "a\x7fb",
    "newlines": "a\r\n\r\nSet-Cookie: x=1",
    "right-to-left override": "12\u202e34\u202c56",
    "isolates": "\u2066a\u2069",
    "marks": "\u200e\u200fa\ufeff",
    "zero width": "a\u200bb\u200cb\u200db",
    "private use": "\ue000\uf8ff",
    "not a character": "\ufffe\uffff",
    "unassigned": "\U000e0fff",
    "tags": "\U000e0041\U000e0042",
    "emoji": "👩🏽‍🚒 🏳️‍🌈 🇧🇭",
    "zalgo": "Z" + "\u0335\u0322\u0349" * 40,
    "ligature": "ﷺ ﷽ ﻻ",
    "kashida": "مـــحـــمـــد",
    "long": "x" * 10_000,
    "long arabic": "م" * 10_000,
    "longer than kept": "1" * 30_000,
    "spaces": "\u00a0\u2003\u3000",
    "tabs": "\t\t",
    "quote": "' OR 1=1 --",
    "double": '"; DROP TABLE x; --',
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% debug %}${7*7}",
    "format": "%s%n%x {0} {reference!r}",
    "path": "../../../../etc/passwd\x00.pdf",
    "entity": "&lt;b&gt;&#0;",
    "formula": '=HYPERLINK("http://x")',
    "json": '{"type":"Point","coordinates":[1,2]}',
    "deep": "[" * 3000,
    "null": "null",
    "none": "None",
    "true": "true",
    "nan": "NaN",
    "infinity": "Infinity",
    "minus infinity": "-Infinity",
    "exponent": "1e309",
    "tiny": "1e-400",
    "hexadecimal": "0x1F",
    "minus zero": "-0",
    "minus": "-1",
    "many digits": "9" * 400,
    "arabic digits": "١٢٣",
    "persian digits": "۱۲۳",
    "devanagari": "१२३",
    "full width": "１２３",
    "superscript": "²³",
    "fraction": "½",
    "roman": "Ⅷ",
    "circled": "①",
    "comma": "1,5",
    "arabic comma": "١٫٥",
    "underscore": "1_000",
    "plus": "+5",
    "points": "1.2.3",
    "year 0": "0000-01-01",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "february 30": "2026-02-30",
    "leap": "2027-02-29",
    "week date": "2026-W48-2",
    "compact": "20261124",
    "day first": "24/11/2026",
    "unix": "1795500000",
    "moment": "2026-11-24T10:00:00Z",
    "iban of nobody": "BH00BMAG00001299123456",
    "iban of another country": "GB82WEST12345698765432",
    "phone too long": "+9733600123436001234",
    "number": "CAP-RW-2026-004217-8",
    "mail": "a@b",
    "mail in arabic": "ليلى@مثال.إختبار",
    "mails": "a@example.com,b@example.com",
    "mail with a line": "a@example.com\nBcc: b@example.com",
    "no points": "26.2",
    "far away": "0, 0\n0.001, 0.001",
    "poles": "90, 180\n-90, -180",
    "one point": "26.2235, 50.5876",
    "same points": "26.2, 50.5\n26.2, 50.5",
    "letters": "a, b\nc, d",
    "many points": "26.2235, 50.5876\n26.2236, 50.5877\n" * 400,
    "empty geometry": '{"type":"LineString","coordinates":[]}',
    "numbers in text": '{"type":"LineString","coordinates":[["a","b"],["c","d"]]}',
    "geometry of many digits": f"[[{'9' * 400}, 1], [2, 3]]",
    "geometry of yes and no": "[[true, false], [false, true]]",
    "spaces between two numbers": "26.2" + " " * 30_000 + "x",
    "geometry of nan": '{"type":"LineString","coordinates":[[NaN,NaN],[1,2]]}',
    "huge numbers": "1" + "0" * 400 + ", 5\n2, 3",
    "three numbers": "1,2,3\n4,5,6",
    "coordinates": "[[50.58, 26.22], [50.59]]",
    "nested": "[[[50.58, 26.22]]]",
    "a string": '"x"',
    "a number": "7",
    "geometry null": '{"type":null,"coordinates":null}',
}

# One of each kind that can break a form, for expensive pages.
FEW: Final = (
    "nul",
    "control",
    "newlines",
    "right-to-left override",
    "emoji",
    "long",
    "script",
    "template",
    "quote",
    "json",
)


def pdf(**how: Any) -> bytes:
    """A PDF of one page; `script`, `opens`, `annotated`, `embeds`, `locked`, `pages` make one that is refused."""
    with pikepdf.new() as document, io.BytesIO() as out:
        for _ in range(how.get("pages", 1)):
            document.add_blank_page(page_size=(595, 842))
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        if how.get("opens"):
            document.Root.OpenAction = script
        if how.get("script"):
            tree = pikepdf.Dictionary(Names=pikepdf.Array(["x", document.make_indirect(script)]))
            document.Root.Names = pikepdf.Dictionary(JavaScript=tree)
        if how.get("page_acts"):
            document.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        if how.get("annotated"):
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 99, 99], A=script
            )
            document.pages[0].obj.Annots = pikepdf.Array([document.make_indirect(note)])
        if how.get("embeds"):
            document.attachments["x.exe"] = b"MZ" + b"\0" * 64
        if how.get("odd_names"):
            document.Root.Names = pikepdf.String("not a dictionary")
        encryption = pikepdf.Encryption(owner="a", user="b") if how.get("locked") else False
        document.save(out, encryption=encryption)
        return out.getvalue()


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that declares 3.6 thousand million pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def gif() -> bytes:
    """A picture of a type that is refused."""
    with io.BytesIO() as out:
        Image.new("P", (4, 4)).save(out, "GIF")
        return out.getvalue()


# name, bytes, media type as claimed
FILES: Final = {
    "a program with another name": ("letter.pdf", b"MZ\x90\x00" + b"\0" * 500, "application/pdf"),
    "empty": ("empty.pdf", b"", "application/pdf"),
    "11 MB": ("large.pdf", b"%PDF-1.7\n" + b"x" * 11 * 1024 * 1024, "application/pdf"),
    "a bomb of pixels": ("bomb.png", png_bomb(), "image/png"),
    "locked": ("locked.pdf", pdf(locked=True), "application/pdf"),
    "a script": ("script.pdf", pdf(script=True), "application/pdf"),
    "a script on opening": ("opens.pdf", pdf(opens=True), "application/pdf"),
    "a script on a page": ("page.pdf", pdf(page_acts=True), "application/pdf"),
    "a script on a link": ("link.pdf", pdf(annotated=True), "application/pdf"),
    "a program inside": ("embeds.pdf", pdf(embeds=True), "application/pdf"),
    "201 pages": ("pages.pdf", pdf(pages=201), "application/pdf"),
    "no pages": ("none.pdf", pdf(pages=0), "application/pdf"),
    "a drawing that may hold a script": (
        "x.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        "image/svg+xml",
    ),
    "a page named as picture": ("x.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg"),
    "half a photograph": ("half.jpg", samples.photograph()[:2000], "image/jpeg"),
    "only the beginning of a photograph": ("begin.jpg", b"\xff\xd8\xff", "image/jpeg"),
    "half a PDF": ("half.pdf", pdf()[:120], "application/pdf"),
    "only the beginning of a PDF": ("begin.pdf", b"%PDF-1.7", "application/pdf"),
    "noise after the beginning": ("noise.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20, "application/pdf"),
    "a broken picture": ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png"),
    "another kind of picture": ("x.gif", gif(), "image/gif"),
    "an archive": ("x.zip", b"PK\x03\x04" + b"\0" * 100, "application/zip"),
    "a macro": ("x.docm", b"PK\x03\x04word/vbaProject.bin", "application/vnd.ms-word"),
    "odd names": ("odd.pdf", pdf(odd_names=True), "application/pdf"),
}
NAMES: Final = (
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "a" * 300 + ".pdf",
    "رخصة 🚒.pdf",
    "a\x00b.pdf",
    "a\r\nX-Y: z.pdf",
    '"><script>.pdf',
    "\u202efdp.exe",
    ".",
    "..",
    "con",
    " ",
    "%2e%2e%2f",
    "a/b/c.pdf",
)


def fine(response: Any, *allowed: int) -> str:
    """The text of a response that is no failure, reveals no internals, and has an allowed status."""
    told = b"".join(response.streaming_content) if response.streaming else response.content
    text = bytes(told).decode(errors="replace")
    assert response.status_code < 500, (response.status_code, text[:400])
    assert not allowed or response.status_code in allowed, (response.status_code, text[:1500])
    for secret in ("Traceback", "psycopg", "site-packages", "DoesNotExist", "IntegrityError"):
        assert secret not in text
    return text


def kept(typed: str, page: str) -> bool:
    """Whether a page shows what was typed, as text and not as markup."""
    shown = typed.replace("\x00", "")[:20_000]
    return any(escape(form, quote=True) in page for form in (shown, shown.replace("\r\n", "\n")))
