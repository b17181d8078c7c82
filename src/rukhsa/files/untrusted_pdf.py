"""A PDF that someone uploaded: opened under limits, with every compressed object read and the pages counted."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from rukhsa.files.errors import Refused

MOST_PAGES: Final = 200
_LARGEST_UNPACKED: Final = 64 << 20
_BROKEN: Final = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,
    RecursionError,
)

# Process-wide, and set before any file is opened (docs/decisions/0051): 64 MB for a stream, 100,000 items for a list.
pikepdf.settings.set_qpdf_limits(
    doc_max_warnings=500,
    parser_max_container_size=100_000,
    max_stream_filters=4,
    flate_max_memory=_LARGEST_UNPACKED,
    run_length_max_memory=_LARGEST_UNPACKED,
    png_max_memory=_LARGEST_UNPACKED,
    tiff_max_memory=_LARGEST_UNPACKED,
)


@contextmanager
def opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    """The document, readable to its end. Raises Refused: file-locked, file-broken, file-too-long."""
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as document:
            _unpack(document)
            _count(document)
            yield document
    except pikepdf.PasswordError as error:
        raise Refused("file-locked") from error
    except _BROKEN as error:
        raise Refused("file-broken", f"{type(error).__name__}: {error}") from error


def _unpack(document: pikepdf.Pdf) -> None:
    """Read the streams that contain other objects. Raises Refused: too-much-memory.

    Under a memory limit qpdf drops objects that it cannot decompress, with only a warning: a script in them would not
    be examined, but would run in a viewer with more memory. Reading the stream itself raises.
    """
    for each in document.objects:
        if isinstance(each, Stream) and each.stream_dict.get("/Type") in (Name.ObjStm, Name.XRef):
            try:
                each.read_bytes()
            except (pikepdf.PdfError, RuntimeError, MemoryError) as error:
                raise Refused("too-much-memory", str(error)) from error


def _count(document: pikepdf.Pdf) -> None:
    """Raises Refused where there is no page, or more than `MOST_PAGES`; the tree is read no further than that."""
    waiting, pages, seen = [document.Root.Pages], 0, 0
    while waiting:
        node, seen = waiting.pop(), seen + 1
        kids = node.get("/Kids")
        if kids is None:
            pages += 1
        else:
            if len(kids) > MOST_PAGES:
                raise Refused("file-too-long")
            waiting += [kid for kid in kids if isinstance(kid, Dictionary)]
        if pages > MOST_PAGES or seen > 10 * MOST_PAGES:
            raise Refused("file-too-long")
    if pages == 0 or len(document.pages) == 0:
        raise Refused("file-too-long")


def dictionaries(document: pikepdf.Pdf, spelling: re.Pattern[bytes]) -> Iterator[tuple[Object, bool]]:
    """Every dictionary in the objects that contain a name of `spelling`, each once, and whether it is a stream's.

    The text of an object has its names without escapes, so that one search shows whether to look at its dictionaries.
    """
    for each in document.objects:
        if not isinstance(each, Object):  # an indirect number, truth value or null comes as Python's own
            continue
        content = each.stream_dict if isinstance(each, Stream) else each
        if not spelling.search(content.unparse(resolved=True)):
            continue
        if isinstance(content, Dictionary):
            yield content, isinstance(each, Stream)
        if isinstance(content, Dictionary | Array):
            yield from _within(content)


def _within(holder: Object) -> Iterator[tuple[Object, bool]]:
    """The dictionaries directly inside a dictionary or list; indirect ones are objects of their own."""
    waiting = [holder]
    while waiting:
        held = waiting.pop()
        for inside in held.values() if isinstance(held, Dictionary) else held:
            if isinstance(inside, Dictionary | Array) and not inside.is_indirect:
                waiting.append(inside)
                if isinstance(inside, Dictionary):
                    yield inside, False
