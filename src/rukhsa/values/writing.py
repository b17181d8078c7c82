"""Writing in two scripts: clean text, one set of digits, and dates and spans in words."""

import unicodedata
from datetime import date

from babel.dates import format_date

from rukhsa.errors import RukhsaError
from rukhsa.values.names import Text

# Arabic-Indic and Persian digits to Latin ones: one set of digits for every number.
_LATIN = {base + value: str(value) for base in (0x0660, 0x06F0) for value in range(10)}
# What no database and no UTF-8 can hold, and the character that stands for bytes that could not be read.
_NEVER_TEXT = frozenset("\0\ufffd\ufffe\uffff")
_TATWEEL = "\u0640"
# Letters that people mix up in writing Arabic, and the one that each is read as in a search.
MIXED_UP, FOLDED = "أإآٱةى", "ااااهي"


class WritingError(RukhsaError, ValueError):
    """A text with characters that people can neither see nor type."""

    code = "bad-text"


def latin_digits(text: str) -> str:
    """The text with Arabic and Persian digits written as 0 to 9."""
    return text.translate(_LATIN)


def is_broken(text: str) -> bool:
    """Whether a text is broken: it holds NUL, half a surrogate pair, or the mark of bytes that could not be decoded."""
    return any(character in _NEVER_TEXT or "\ud800" <= character <= "\udfff" for character in text)


def clean(text: str, *, lines: bool = False) -> str:
    """The text in NFC, without invisible characters, its spaces single and trimmed.

    Direction controls, zero-width characters and tatweel are dropped. WritingError: other control characters.
    With `lines`, line breaks are kept.
    """
    normal = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace(_TATWEEL, "")
    visible = "".join(character for character in normal if unicodedata.category(character) != "Cf")
    for character in visible:
        if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} and character not in "\n\t":
            raise WritingError(f"the text holds the unprintable character U+{ord(character):04X}")
    if lines:
        return "\n".join(" ".join(line.split()) for line in visible.split("\n")).strip()
    return " ".join(visible.split())


def folded(text: str) -> str:
    """The text for searching: without case, vowel marks, and the variants of alef, yeh and teh marbuta."""
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKD", clean(text)).casefold()
        if unicodedata.category(character) != "Mn"
    )
    return latin_digits(bare.translate(str.maketrans(MIXED_UP, FOLDED)))


def date_in_words(day: date, language: str, *, weekday: bool = False) -> str:
    """ "1 نوفمبر 2020" or "1 November 2020", with the weekday where someone must come or act."""
    pattern = "EEEE d MMMM y" if weekday else "d MMMM y"
    locale = "ar" if language == "ar" else "en_GB"
    return latin_digits(format_date(day, format=pattern, locale=locale))


def month_in_words(day: date) -> Text:
    """The month of a day: "فبراير 2026" and "February 2026"."""
    written = {language: format_date(day, format="MMMM y", locale=language) for language in ("ar", "en")}
    return Text(ar=latin_digits(written["ar"]), en=written["en"])


_SPANS_EN = {"working day": "working day", "day": "day", "month": "month", "year": "year"}
# One, two, three to ten, and eleven upward, as Arabic counts.
_SPANS_AR = {
    "working day": ("يوم عمل واحد", "يوما عمل", "أيام عمل", "يوم عمل"),
    "day": ("يوم واحد", "يومان", "أيام", "يومًا"),
    "month": ("شهر واحد", "شهران", "أشهر", "شهرًا"),
    "year": ("سنة واحدة", "سنتان", "سنوات", "سنة"),
}


def span_in_words(count: int, unit: str, language: str) -> str:
    """A length of time in words: "3 أيام عمل", "3 working days"."""
    if language != "ar":
        return f"{count} {_SPANS_EN[unit]}{'' if count == 1 else 's'}"
    one, two, few, many = _SPANS_AR[unit]
    if count in (1, 2):
        return one if count == 1 else two
    return f"{count} {few if 3 <= count % 100 <= 10 else many}"
