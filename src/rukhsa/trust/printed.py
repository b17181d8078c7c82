"""What is printed on the pages of a released file, as an extractor and a phone read it, beside what is sealed.

Only files that an authority signed and logged come here: pdfium and the decoder never see a stranger's bytes.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import pypdfium2
import zxingcpp
from PIL import Image

from rukhsa.trust import profiles, qr
from rukhsa.trust.errors import BadPdf
from rukhsa.trust.picture import CODE
from rukhsa.trust.profiles import Profile
from rukhsa.trust.seal import Claims

# pdfium may be in use by one thread of a process at a time; ctypes lets go of the interpreter meanwhile.
PDFIUM: Final = Lock()
# One run of Arabic letters, of digits or of other letters: extractors lose or add spaces, never letters within.
WORD: Final = re.compile(r"[\u0620-\u06d3]+|[0-9]+|[^\W\d_\u0600-\u06ff]+")
VOWEL_MARKS: Final = re.compile(r"[\u064b-\u0652\u0670]")
_MAXIMUM_PAGES = 10
_LONGEST_SIDE = 1200  # points: A3 is 1191 long
_DOTS_PER_INCH = 200
# The one that documents bear: in a dense one zxing sees a Micro QR now and then, where none is.
CODE_FORMAT = zxingcpp.barcode_formats_from_str(CODE)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """The text of all pages, and the texts of all codes on them."""

    text: str
    codes: tuple[str, ...]

    def check_says(self, claims: Claims, profile: Profile) -> None:
        """Number and every word of the facts are printed, in each language whose title is. Raises BadPdf."""
        found = _words(self.text)
        named = {"ar": profile.name.ar, "en": profile.name.en}
        titled = [each for each, title in named.items() if title and not _words(title) - found]
        if not titled or claims.instrument not in plain(self.text):
            raise BadPdf("pdf-text-differs", "neither title, or not the number")
        # What both languages say in the same way is printed once; what they say differently, twice.
        shown = (profiles.show(claims.facts, profile, each) for each in titled)
        values = (dict.fromkeys(fact.value for fact in said) for said in zip(*shown, strict=True))
        missing = _words(" ".join(value for said in values for value in said)) - found
        if missing:
            raise BadPdf("pdf-text-differs", f"{missing.total()} words are not printed")

    def check_shows(self, seal_bytes: bytes, hosts: Iterable[str]) -> None:
        """One code is on the pages, and it holds the seal. Raises BadPdf."""
        if len(self.codes) != 1 or self.codes[0] not in {qr.qr_text(host, seal_bytes) for host in hosts}:
            raise BadPdf("pdf-code-differs", f"{len(self.codes)} codes")


def look_at(data: bytes) -> Printed:
    """Read the pages of a file that was signed by an authority and is in its log. Raises BadPdf."""
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise BadPdf("bad-pdf", str(error)) from error
        try:
            text, pictures = _text(document), [_picture(leaf) for leaf in document]
        finally:
            document.close()
    codes = {found.text for each in pictures for found in zxingcpp.read_barcodes(each, formats=CODE_FORMAT)}
    return Printed(text=text, codes=tuple(sorted(codes)))


def _text(document: Any) -> str:
    if not 0 < len(document) <= _MAXIMUM_PAGES or any(
        max(leaf.get_size()) > _LONGEST_SIDE for leaf in document
    ):
        raise BadPdf("bad-pdf", f"{len(document)} pages, or one that is too large")
    return "\n".join(leaf.get_textpage().get_text_range() for leaf in document)


def _picture(leaf: Any) -> Image.Image:
    bitmap = leaf.render(scale=_DOTS_PER_INCH / 72, grayscale=True)
    try:
        return Image.Image.copy(bitmap.to_pil())
    finally:
        bitmap.close()


def plain(text: str) -> str:
    """The text as both sides can be compared: composed, without vowel marks and marks of direction."""
    composed = unicodedata.normalize("NFKC", text)
    # Asked of each letter once, and not of each place where it stands.
    for unseen in [each for each in set(composed) if unicodedata.category(each) == "Cf"]:
        composed = composed.replace(unseen, "")
    return VOWEL_MARKS.sub("", composed)


def _words(text: str) -> Counter[str]:
    return Counter(WORD.findall(plain(text)))
