"""What text may stand in a seal: normal form C, nothing invisible, nothing that turns its direction."""

import re
import unicodedata

from rukhsa.trust.errors import BadFacts

MAXIMUM_LENGTH = 200

# Controls, bidirectional controls, zero-width and filler characters, private use, non-characters, tags.
# The same list stands in docs/formats/seal.md, for readers in other languages.
FORBIDDEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


def check(text: str) -> None:
    """Refuse text that could look like another text. Raises BadFacts("bad-text")."""
    if not 0 < len(text) <= MAXIMUM_LENGTH:
        raise BadFacts("bad-text", f"{len(text)} characters; 1 to {MAXIMUM_LENGTH} are allowed")
    if text.isascii() and text.isprintable():
        normal = text
    elif FORBIDDEN.search(text):
        raise BadFacts("bad-text", "a control, an invisible or a private character")
    else:
        normal = unicodedata.normalize("NFC", text)
    if normal != text or text != text.strip():
        raise BadFacts("bad-text", "not in normal form C, or spaces around it")


def clean(text: str) -> str:
    """`text` made fit for a seal: normal form C, forbidden characters dropped, spaces folded."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return " ".join(FORBIDDEN.sub("", spaced).split())
