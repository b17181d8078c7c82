"""A file that was accepted, as plain data: importing this loads no parser."""

from dataclasses import dataclass
from typing import Final

from rukhsa.files.kind import JPEG, PDF, PNG

REPAIRED: Final = "repaired"
QUIETENED: Final = "quietened"
CARRIES: Final = "carries"
NOTES: Final = (REPAIRED, QUIETENED, CARRIES)  # what an officer is told of a file that was taken
_BROWSERS_SHOW: Final = frozenset({PDF.media_type, JPEG.media_type, PNG.media_type})


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A file that is taken, and what officers see of it: bytes that were written by us."""

    media_type: str
    shown: bytes
    shown_media_type: str
    notes: tuple[str, ...] = ()  # of NOTES
    is_sealed: bool = False  # it carries what a document of the trust list carries, and is to be verified

    def as_it_is(self, content: bytes) -> tuple[bytes, str]:
        """What is kept of a file of our own people, and its kind: the bytes themselves where browsers show them."""
        if self.media_type in _BROWSERS_SHOW:
            return content, self.media_type
        return self.shown, self.shown_media_type
