"""Active content of a PDF, and files inside it: found in every dictionary, then refused or left out of the safe copy.

ISO 32000-2 §12.6 (actions), §7.11 (files within), §12.7.8 (XFA), §13 (sound, films, three dimensions).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from rukhsa.files import embedded
from rukhsa.files.pdf import dictionaries
from rukhsa.files.refused import Refused

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


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a PDF that is accepted holds beside its pages."""

    acts: bool  # has active content, which the safe copy leaves out
    files: tuple[str, ...]  # the names of the files inside
    is_sealed: bool  # its attachments are named as those of an issued document


# Every name by which something below is told or taken out, as it is written.
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


def examine(document: pikepdf.Pdf, *, depth: int = 0) -> Held:
    """Examine every dictionary. Raises Refused for active content or a file inside that is not allowed."""
    acts, names = False, []
    for each, is_stream in dictionaries(document, _SPELLING):
        keys = frozenset(each.keys())
        if "/Collection" in keys and "/Pages" in keys:
            raise Refused("file-collection")
        if "/EF" in keys:
            names += embedded.examine(each, depth=depth)
        if is_stream and "/F" in keys:  # its content lies elsewhere
            raise Refused("file-active")
        acts = _acts(each, keys) or acts
    return Held(acts=acts, files=tuple(sorted(set(names))), is_sealed=embedded.SEALED.issubset(names))


def quieten(document: pikepdf.Pdf) -> None:
    """Remove active content and files inside; what is left shows pages and follows links when they are pressed."""
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
    """Whether it holds something that the safe copy leaves out. Raises Refused for what is not accepted at all."""
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
    """The actions that a dictionary starts without a press: when the document or a page opens, and what follows."""
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
