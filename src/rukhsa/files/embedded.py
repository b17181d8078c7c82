"""The files inside a PDF: text, tables, pictures and PDFs are taken, as PDF/A-3 has them; programs are not."""

import re
from typing import Final

from pikepdf import Dictionary, Object, Stream

from rukhsa.files.kind import KINDS, PDF, kind_of
from rukhsa.files.refused import Refused
from rukhsa.trust import seal
from rukhsa.trust.errors import TrustError
from rukhsa.trust.pdf import ATTACHMENTS, PROOF, SEAL

SEALED: Final = frozenset(ATTACHMENTS)  # the names of what a document of the trust list carries
_OFFICE: Final = frozenset({"odt", "ods", "odp", "odg", "ott", "docx", "xlsx", "pptx", "doc", "xls"})
_WRITTEN: Final = frozenset({"txt", "xml", "json", "csv", "md", "tex", "css"})
_DRAWN: Final = frozenset({*(kind.ending for kind in KINDS), "jpeg", "tiff"})
_CONTROL: Final = re.compile(rb"[\0-\x08\x0b\x0e-\x1f]")
_LARGEST: Final = 10 << 20
_DEEPEST: Final = 1  # a PDF within the PDF may carry nothing more


def examine(specification: Object, *, depth: int) -> list[str]:
    """The names under which a file specification carries a file. Raises Refused: file-hybrid, file-carries-file."""
    streams = specification.get("/EF")
    names = [str(specification[key]) for key in ("/UF", "/F") if key in specification] or [""]
    if not isinstance(streams, Dictionary):
        return []
    for name in names:
        for content in streams.values():
            _check(name, content, depth)
    return names


def _check(name: str, content: object, depth: int) -> None:
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in _OFFICE:
        raise Refused("file-hybrid")
    if depth > _DEEPEST or not isinstance(content, Stream) or not _fits(name, ending, content, depth):
        raise Refused("file-carries-file", _shown(name))


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
    from rukhsa.files import active, pdf  # a PDF within a PDF is examined as the outer one

    try:
        with pdf.opened(content) as document:
            return not active.examine(document, depth=depth + 1).acts
    except Refused:
        return False


def _is_seal(content: bytes) -> bool:
    try:
        seal.read(content)
    except TrustError:
        return False
    return True


def _is_text(content: bytes) -> bool:
    """Text of any writing: UTF-8, an older code page, or UTF-16; no program is without control characters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return False
    return _CONTROL.search(content) is None


def _shown(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[-60:] or "?"
