"""A file that was accepted, as plain data: importing this loads no parser."""

from dataclasses import dataclass
from typing import Final

REPAIRED: Final = "repaired"
QUIETENED: Final = "quietened"
CARRIES: Final = "carries"
# What may be wrong with a file that is taken: its sender is told, and may send it all the same.
SMALL: Final = "too-small"
DARK: Final = "too-dark"
BLANK: Final = "blank"
BLURRED: Final = "blurred"
CUT: Final = "cut-off"
TURNED: Final = "turned"
ADVICE: Final = (SMALL, DARK, BLANK, BLURRED, CUT, TURNED)  # the gravest first
NOTES: Final = (REPAIRED, QUIETENED, CARRIES, *ADVICE)  # that officers see beside an accepted file


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """An accepted file: its kind, and the safe copy that officers see, whose bytes we wrote."""

    media_type: str
    shown: bytes
    shown_media_type: str
    notes: tuple[str, ...] = ()  # of NOTES
    is_sealed: bool = False  # has the attachments of an issued document, so that it is verified
