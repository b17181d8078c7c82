"""The text of a QR: the verifier's address and, behind its #, the seal as digits; and its picture."""

import re
from dataclasses import dataclass
from typing import Any

from rukhsa.trust import digits
from rukhsa.trust.errors import BadText

# Lower case only: HTTPS:// in capitals fails on several cameras (seal.md §1).
_TEXT = re.compile(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)/#([0-9]+)", re.ASCII)
MAXIMUM_LENGTH = 2560


@dataclass(frozen=True, kw_only=True)
class QrText:
    """What a QR says: the host it names and the bytes of the seal."""

    host: str
    seal_bytes: bytes


def qr_text(host: str, seal_bytes: bytes) -> str:
    """The text of the QR for a seal: "https://v.mun.example/#" and digits."""
    text = f"https://{host}/#{digits.encode(seal_bytes)}"
    read_qr_text(text)
    return text


def read_qr_text(text: str) -> QrText:
    """Read the text of a QR strictly. Raises BadText with "bad-link" or "bad-digits"."""
    match = _TEXT.fullmatch(text) if len(text) <= MAXIMUM_LENGTH else None
    if match is None:
        raise BadText("bad-link", "not https://host/# and digits")
    return QrText(host=match[1], seal_bytes=digits.decode(match[2]))


def segments(text: str) -> list[tuple[str, int]]:
    """The two segments of the QR, bytes and digits, with segno's modes."""
    from segno import consts  # slow to import, and not needed to read

    address, number = text.split("#")
    return [(f"{address}#", consts.MODE_BYTE), (number, consts.MODE_NUMERIC)]


def matrix(text: str) -> tuple[bytes, ...]:
    """The modules of the QR, a row of 0 and 1 each, without the quiet zone: error correction M."""
    return tuple(bytes(row) for row in _symbol(text).matrix)


def svg(text: str, *, border: int = 4) -> str:
    """The QR as an SVG of one path, one unit a module, with its quiet zone of `border` modules."""
    return str(_symbol(text).svg_inline(border=border, omitsize=True, svgclass=None, lineclass=None))


def _symbol(text: str) -> Any:
    import segno  # slow to import, and not needed to read

    read_qr_text(text)
    # segno takes segments, though its types say otherwise.
    return segno.make(segments(text), error="M", micro=False, boost_error=False)  # type: ignore[arg-type]
