"""A PDF of which every object can be seen: what the limits cut away is never taken for clean."""

from typing import Final

import pikepdf

from rukhsa.reader.refused import TOO_MUCH_MEMORY, Refused

_PACKED: Final = ("/ObjStm", "/XRef")


def require_whole(document: pikepdf.Pdf) -> None:
    """Unpack every stream that holds objects. Raises Refused("too-much-memory") where one cannot be.

    Under a limit of memory qpdf turns "too much" into a warning and goes on without the objects, and a script among
    them would be taken as absent. Unpacking the stream itself raises.
    """
    for each in document.objects:
        if isinstance(each, pikepdf.Stream) and str(each.stream_dict.get("/Type")) in _PACKED:
            try:
                each.read_bytes()
            except (pikepdf.PdfError, RuntimeError, MemoryError) as error:
                raise Refused(TOO_MUCH_MEMORY, str(error)) from error
