"""Active content of a PDF, and files inside it: found in every dictionary, then refused or left out of the safe copy.

ISO 32000-2 §12.6 (actions), §7.11 (files within), §12.7.8 (XFA), §13 (sound, films, three dimensions).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from rukhsa.files.errors import Refused
from rukhsa.files.kind import KINDS, PDF, kind_of
from rukhsa.files.untrusted_pdf import dictionaries, opened
from rukhsa.trust import seal
from rukhsa.trust.errors import TrustError
from rukhsa.trust.pdf import ATTACHMENTS, PROOF, SEAL

# Actions that start a program, open another file, or play sound or film, which the safe copy cannot show.
_REFUSED: Final = frozenset(
    ("/Launch", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound", "/RichMediaExecute")
)
_HARMLESS: Final = frozenset({"/GoTo", "/URI", "/Named"})
_BY_ITSELF: Final = frozenset(
    {"/URI", "/SubmitForm"}
)  # harmless behind a link, but not when opening the page starts them
_REFUSED_SUBTYPES: Final = frozenset({"/RichMedia", "/Movie", "/Sound", "/3D"})
_REFUSED_KEYS: Final = frozenset({"/RichMediaContent", "/3DD", "/3DA"})
_STARTS: Final = ("/A", "/PA", "/OpenAction")
_LEFT_OUT: Final = ("/AA", "/JS", "/XFA", "/EF", "/AF", "/Collection", "/Next", "/Ref", "/PresSteps")

# Forms of authorities contain these: calls of Acrobat's own functions that format or check one field.
_STRING: Final = r""""[^"\\]*"|'[^'\\]*'|"(?:[^"\\]|\\u[0-9A-Fa-f]{4})*\""""
_VALUE: Final = rf"(?:-?[0-9.]+|true|false|{_STRING})"
_LIST: Final = (
    rf"(?:new\s+Array\s*\(\s*{_VALUE}?(?:\s*,\s*{_VALUE})*\s*\)|\[\s*{_VALUE}?(?:\s*,\s*{_VALUE})*\s*\])"
)
_FUNCTION: Final = (
    r"AF(?:Number|Percent|Date|Time|Special)_(?:Format|Keystroke)(?:Ex)?|AFRange_Validate|AFSimple_Calculate"
)
_FORMATS: Final = re.compile(
    rf"\s*(?:(?:{_FUNCTION})\s*\(\s*(?:{_VALUE}|{_LIST})(?:\s*,\s*(?:{_VALUE}|{_LIST}))*\s*\)\s*;?\s*)*"
    r"|\s*(?:this\.)?print\(\s*(?:(?:true|false)|\{[\w\s:,]*\})?\s*\)\s*;?\s*"  # the dialogue to print
)
_LONGEST_FORMAT: Final = 2000

# Files inside, as PDF/A-3 has them.
SEALED: Final = frozenset(ATTACHMENTS)  # the names of what a document of the trust list carries
_OFFICE: Final = frozenset({"odt", "ods", "odp", "odg", "ott", "docx", "xlsx", "pptx", "doc", "xls"})
_WRITTEN: Final = frozenset({"txt", "xml", "json", "csv", "md", "tex", "css"})
_DRAWN: Final = frozenset({*(kind.ending for kind in KINDS), "jpeg", "tiff"})
_CONTROL: Final = re.compile(rb"[\0-\x08\x0b\x0e-\x1f]")
_LARGEST: Final = 10 << 20
_DEEPEST: Final = 1  # a PDF within the PDF may carry nothing more


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What an accepted PDF contains besides its pages."""

    acts: bool  # has active content, which the safe copy leaves out
    files: tuple[str, ...]  # the names of the files inside
    is_sealed: bool  # its attachments are named as those of an issued document


# Every name that the code below looks for, as it is written in a file.
_SPELLING: Final = re.compile(
    rb"/(?:%b)(?=[\s/<>\[\]()]|$)"
    % b"|".join(
        sorted(
            name[1:].encode()
            for name in {
                *_REFUSED,
                *_REFUSED_KEYS,
                *_REFUSED_SUBTYPES,
                *_LEFT_OUT,
                *_STARTS,
                *("/JavaScript", "/SubmitForm", "/ResetForm", "/Hide", "/F"),
            }
        )
    )
)


def examine(document: pikepdf.Pdf, *, depth: int = 0) -> Contents:
    """Examine every dictionary. Raises Refused for active content or a file inside that is not allowed."""
    acts, names = False, []
    for each, is_stream in dictionaries(document, _SPELLING):
        keys = frozenset(each.keys())
        if "/Collection" in keys and "/Pages" in keys:
            raise Refused("file-collection")
        if "/EF" in keys:
            names += _files_inside(each, depth=depth)
        if is_stream and "/F" in keys:  # its content is in another file
            raise Refused("file-active")
        acts = _acts(each, keys) or acts
    return Contents(acts=acts, files=tuple(sorted(set(names))), is_sealed=SEALED.issubset(names))


def quieten(document: pikepdf.Pdf) -> None:
    """Remove active content and files inside; what is left shows pages, and follows links when they are clicked."""
    for each, _ in dictionaries(document, _SPELLING):
        for key in [key for key in each.keys() if key in _LEFT_OUT]:  # noqa: SIM118 (a pikepdf dictionary)
            del each[key]
        for key in _STARTS:
            target = each.get(key)
            if isinstance(target, Dictionary) and not _is_harmless(target, by_itself=key != "/A"):
                del each[key]
    names = document.Root.get("/Names")
    if isinstance(names, Dictionary):
        for key in ("/JavaScript", "/EmbeddedFiles"):
            if key in names:
                del names[key]


def _acts(each: Object, keys: frozenset[str]) -> bool:
    """Whether a dictionary has active content to leave out of the safe copy. Raises Refused for the rest."""
    kind, subtype = _word(each.get("/S")), _word(each.get("/Subtype"))
    if "/XFA" in keys:
        raise Refused("file-dynamic-form")
    if kind in _REFUSED or keys & _REFUSED_KEYS or (subtype in _REFUSED_SUBTYPES and "/Rect" in keys):
        raise Refused("file-active")
    if ("/JS" in keys or kind == "/JavaScript") and not _only_formats(each.get("/JS")):
        raise Refused("file-active")
    if any(_word(action.get("/S")) in _BY_ITSELF for action in _by_itself(each)):
        raise Refused("file-active")
    return bool({"/JS", "/AA", "/Ref"} & keys) or kind in {"/SubmitForm", "/ResetForm", "/Hide"}


def _by_itself(each: Object) -> Iterator[Object]:
    """The actions that start without a click: when the document or a page opens, and those that follow them."""
    started = [each.get("/OpenAction"), each.get("/PA")]
    if isinstance(also := each.get("/AA"), Dictionary):
        started += list(also.values())
    seen = 0
    while started and seen < 100:
        action, seen = started.pop(), seen + 1
        if isinstance(action, Dictionary):
            yield action
            started.append(action.get("/Next"))
        elif isinstance(action, Array):
            started += [one for one in action if isinstance(one, Dictionary)]


def _is_harmless(action: Object, *, by_itself: bool) -> bool:
    kind = _word(action.get("/S"))
    return kind in _HARMLESS and not (by_itself and kind in _BY_ITSELF)


def _only_formats(script: object) -> bool:
    """Whether a script does nothing but format or check one field."""
    if script is None:
        return True
    if isinstance(script, Stream):
        written = script.read_bytes().decode("latin-1")
    elif isinstance(script, String):
        written = str(script)
    else:
        return False
    return len(written) <= _LONGEST_FORMAT and _FORMATS.fullmatch(written) is not None


def _word(value: object) -> str:
    return str(value) if isinstance(value, Name) else ""


def _files_inside(specification: Object, *, depth: int) -> list[str]:
    """The names under which a file specification carries a file: text, tables, pictures and PDFs, but no programs.

    Raises Refused: file-hybrid, file-carries-file.
    """
    streams = specification.get("/EF")
    names = [str(specification[key]) for key in ("/UF", "/F") if key in specification] or [""]
    if not isinstance(streams, Dictionary):
        return []
    for name in names:
        for content in streams.values():
            _require_allowed(name, content, depth)
    return names


def _require_allowed(name: str, content: object, depth: int) -> None:
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in _OFFICE:
        raise Refused("file-hybrid")
    if depth > _DEEPEST or not isinstance(content, Stream) or not _fits(name, ending, content, depth):
        shown = "".join(character for character in name if character.isprintable())
        raise Refused("file-carries-file", shown[-60:] or "?")


def _fits(name: str, ending: str, stream: Stream, depth: int) -> bool:
    """Whether a file inside is what its name says, and of a kind that only shows something."""
    content = stream.read_bytes()
    if len(content) > _LARGEST:
        return False
    if name == SEAL:
        return _is_seal(content)
    if name == PROOF or ending in _WRITTEN:
        return kind_of(content) is None and _is_text(content)
    kind = kind_of(content)
    if kind is None or ending not in _DRAWN or (kind is PDF) != (ending == PDF.ending):
        return False
    return kind is not PDF or _is_quiet(content, depth)


def _is_quiet(content: bytes, depth: int) -> bool:
    """Whether a PDF inside has no active content; it is examined as the outer one is."""
    try:
        with opened(content) as document:
            return not examine(document, depth=depth + 1).acts
    except Refused:
        return False


def _is_seal(content: bytes) -> bool:
    try:
        seal.read(content)
    except TrustError:
        return False
    return True


def _is_text(content: bytes) -> bool:
    """Text in UTF-8, UTF-16 or an older code page. Programs contain control characters, and text does not."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return False
    return _CONTROL.search(content) is None
