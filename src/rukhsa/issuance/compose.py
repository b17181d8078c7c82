"""Composes a page: an unsigned PDF/A-3a and PDF/UA-1 file with the QR of its seal, the same bytes every time."""

import json
import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

from rukhsa.catalogue.territory import territory_folder
from rukhsa.errors import RukhsaError
from rukhsa.issuance.printed_page import Page, Row, in_words
from rukhsa.late import typst, zxingcpp
from rukhsa.shipped import NODE_MODULES
from rukhsa.values.names import Text

FONTS: Final = NODE_MODULES / "@expo-google-fonts/amiri"
TEMPLATE: Final = Path(__file__).with_name("documents") / "instrument.typ"
STANDARDS: Final = ["a-3a", "ua-1"]
QUIET_ZONE: Final = 4
LEAST_MODULE_MM: Final = 0.40
LEAST_SIDE_MM: Final = 28.0


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """A QR symbol: `svg` covers dark modules and quiet zone, `modules` a side, `side_mm` of the dark square."""

    svg: str
    modules: int
    side_mm: float

    @property
    def module_mm(self) -> float:
        """The side of one module in millimetres, at least 0.40."""
        return self.side_mm / self.modules


_VOWEL_MARKS: Final = re.compile(r"[\u064b-\u0652\u0670]")
_NUMBER_AFTER_WORD: Final = re.compile(r"(?<=\w) (?=[0-9])")
_PROFILE_OF_INTENT: Final = re.compile(rb"/OutputIntent/DestOutputProfile (\d+) 0 R")
# What stands before a match is checked afterwards: a pattern that began with it would be slow.
_PROFILED: Final = re.compile(rb"\[/ICCBased (\d+) 0 R\](?=\nendobj)")
_BEGINS_OBJECT: Final = b" 0 obj\n"
_of_this_thread = threading.local()
_LETTERS: Final[set[str]] = set()  # those that the font is known to have


class CannotCompose(RukhsaError, RuntimeError):
    """The page cannot be composed: the font lacks a letter, a font is missing, or the template is broken."""

    code = "cannot-compose"


def compose(page: Page, *, template: Path | None = None) -> bytes:
    """Compose the page with a template, by default the territory's. The file ends with a newline, for the signature.

    Raises `CannotCompose`.
    """
    template = template or template_of(territory_folder())
    symbol = draw_code(page.qr_text)
    content = json.dumps(_content(page, symbol), ensure_ascii=False)
    # A call of the template's function, since a change of `sys.inputs` makes typst lay out everything again.
    given = f"json(bytes({_quoted(content)})), {_quoted(page.crest)}, {_quoted(symbol.svg)}"
    call = f'#import "/{template.name}": instrument\n#instrument({given})\n'
    try:
        file = _compiler(template.parent).compile(
            input=call.encode(),
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=datetime.combine(page.issued, time.min, UTC),
        )
    except typst.TypstError as error:
        raise CannotCompose(error.message) from error
    return _readable(bytes(file))


def require_letters(texts: Iterable[str]) -> None:
    """Check, before anything is sealed, that the font of documents has every letter of these texts.

    Raises `CannotCompose`, which names the missing letters.
    """
    said = set().union(*map(_set, texts)) - _LETTERS
    new = {letter for letter in said if not letter.isspace()}
    missing = [] if _can_set(new) else sorted(letter for letter in new if not _can_set({letter}))
    if missing:
        named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
        raise CannotCompose(f"the font of documents has no letter for {named}: have the text corrected")
    _LETTERS.update(new)


def _can_set(letters: set[str]) -> bool:
    """Ask typst, in both weights. A combining mark is set over a letter, since it does not stand alone."""
    if not letters:
        return True
    said = " ".join(f"ا{letter}" if unicodedata.combining(letter) else letter for letter in sorted(letters))
    page = f'#set text(font: "Amiri", fallback: false)\n#let said = {_quoted(said)}\n#said #strong(said)'
    try:
        _compiler(TEMPLATE.parent).compile(input=page.encode(), format="pdf", pdf_standards=["a-3b"])
    except typst.TypstError:
        return False
    return True


def template_of(territory: Path) -> Path:
    """The territory's own template, `documents/instrument.typ`, if it has one; else the common one."""
    own = territory / "documents/instrument.typ"
    return own if own.exists() else TEMPLATE


def _readable(file: bytes) -> bytes:
    """Correct the file for its readers. No change moves a byte, so that all offsets stay right."""
    # 1. typst writes /R2L for Arabic, with which pdfium (Chrome) returns every English line backwards. The entry
    #    only says on which side of a double page the first one lies (ISO 32000-2 table 147).
    file = file.replace(b"/Direction/R2L", b"/Direction/L2R").replace(b"/Direction /R2L", b"/Direction /L2R")
    # 2. typst gives every page a colour profile of its own, which pdfium works out each time it draws a page: slower
    #    than all the rest. The output intent of the file is the same profile, so plain RGB and grey mean the same
    #    colours (ISO 19005-3 §6.2.4.3).
    intent = _PROFILE_OF_INTENT.search(file)
    if intent is None:
        raise CannotCompose("the file has no output intent, which PDF/A asks for")
    file = _PROFILED.sub(lambda found: _plain(found, file, of_intent=intent[1]), file)
    # 3. An update appended without this newline breaks PDF/A (6.1.9-1), and typst ends its file without one.
    return file if file.endswith(b"\n") else file + b"\n"


def _plain(profiled: re.Match[bytes], file: bytes, *, of_intent: bytes) -> bytes:
    """The name of plain colours in as many bytes. A profile that is neither the intent's nor grey stays."""
    whole, profile = profiled[0], profiled[1]
    if not file.endswith(_BEGINS_OBJECT, 0, profiled.start()):
        return whole
    if profile == of_intent:
        return b"/DeviceRGB".ljust(len(whole))
    is_grey = re.search(rb"\n%s 0 obj\n<<[^>]*/N 1\b" % profile, file)
    return b"/DeviceGray".ljust(len(whole)) if is_grey else whole


def _compiler(folder: Path) -> Any:
    """This thread's compiler for the templates of a folder. It caches fonts, templates and layout."""
    compilers: dict[Path, Any] = _of_this_thread.__dict__.setdefault("compilers", {})
    if folder not in compilers:
        compilers[folder] = typst.Compiler(
            input=b"", root=folder, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={}
        )
    return compilers[folder]


@cache
def _fonts() -> Any:
    faces = [FONTS / "400Regular", FONTS / "700Bold"]
    if not all(face.is_dir() for face in faces):
        raise CannotCompose("the fonts of documents are missing: run `npm ci --ignore-scripts`")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(faces))


def _quoted(text: str) -> str:
    """A text as a string of typst, in quotation marks, with those inside escaped."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _content(page: Page, symbol: Symbol) -> dict[str, Any]:
    """The page as the template reads it."""
    return {
        "languages": page.languages,
        "paper": page.paper,
        "authority": _text(page.authority),
        "country": _text(page.country),
        "colour": page.colour,
        "title": _text(page.title),
        "statement": _text(page.statement) if page.statement else None,
        "rows": [_row(row) for row in page.rows],
        "beside": [_row(row) for row in page.beside],
        "place": {"svg": page.place.svg, "size": _text(page.place.size)} if page.place else None,
        "conditions": [_text(condition) for condition in page.conditions],
        "number": page.number,
        "version": page.version,
        "code": page.verification_code,
        "verifier": page.verifier,
        "issued": _text(in_words(page.issued)),
        "issued_hijri": _text(page.issued_hijri) if page.issued_hijri else None,
        "issued_on": [page.issued.year, page.issued.month, page.issued.day],
        "specimen": page.specimen,
        "qr_side": symbol.side_mm * (symbol.modules + 2 * QUIET_ZONE) / symbol.modules,
        "attachments": [
            {
                "name": each.name,
                "content": _bytes(each.content),
                "type": each.media_type,
                "description": each.description,
            }
            for each in page.attachments
        ],
    }


def _bytes(content: bytes) -> str | list[int]:
    """Bytes as typst's `bytes` takes them: as text if possible, since typst reads a list of numbers slowly."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return list(content)


def _row(row: Row) -> dict[str, Any]:
    value = _set(row.value) if isinstance(row.value, str) else _text(row.value)
    return {"label": _text(row.label), "value": value, "direction": row.direction, "first": row.first}


def _text(text: Text) -> dict[str, str]:
    return {"ar": _set(text.ar), "en": _set(text.en)}


def _set(text: str) -> str:
    """A text as it is set: without vowel marks, and with a number on the line of the word before it (مجمع 317).

    Official pages leave vowel marks out. With one of them, pdfium returns the letters of a word in the wrong order,
    and the page can be neither searched nor read aloud.
    """
    return _NUMBER_AFTER_WORD.sub("\N{NO-BREAK SPACE}", _VOWEL_MARKS.sub("", text))


# One mask for all codes: to compare all eight takes six times as long as the rest, and makes little difference with
# digits that look random (docs/decisions/0019). The gate reads every code before it is released.
_MASK: Final = 3
_RUN: Final = re.compile(rb"\x00+\xff*")  # dark modules and the light ones behind them in a row


def draw_code(text: str) -> Symbol:
    """Draw the QR of a seal: its address in bytes, its digits as digits, error correction M.

    Copies of copies decode at 0.40 mm a module and not below. So a long seal makes a larger symbol, not a finer one.
    """
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK)
    image = barcode.to_image(scale=1, add_quiet_zones=False)
    modules = image.shape[0]
    return Symbol(
        svg=_svg(memoryview(image).tobytes(), modules),
        modules=modules,
        side_mm=max(LEAST_SIDE_MM, modules * LEAST_MODULE_MM),
    )


class _Bars(dict[bytes, str]):
    """The path of a run of dark modules and the step to the next run, cached, since only a few dozen differ."""

    def __missing__(self, run: bytes) -> str:
        dark = run.count(0)
        bar = self[run] = f"h{dark}v1h-{dark}zm{len(run)} 0"
        return bar


_BARS: Final = _Bars()


def _svg(pixels: bytes, modules: int) -> str:
    """One path, a rectangle for each run of dark modules in a row."""
    runs = []
    for row in range(modules):
        whole = pixels[row * modules : (row + 1) * modules]
        first = whole.find(0)
        if first >= 0:
            runs.append(f"M{first + QUIET_ZONE} {row + QUIET_ZONE}")
            runs.extend(map(_BARS.__getitem__, _RUN.findall(whole, first)))
    side = modules + 2 * QUIET_ZONE
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{"".join(runs)}"/></svg>'
