"""Why a text is not YAML, in the words of the one who wrote it: where to look, what is wrong and what to write."""

import re
from dataclasses import dataclass
from typing import Final

from rukhsa.reader.yaml_events import NotYaml
from rukhsa.values.names import Text

# Spaces that look like others, and marks of direction, which cannot be seen: both stop the parser.
_ODD_SPACE: Final = re.compile(r"[\u00a0\u2000-\u200f\u202a-\u202f\u2066-\u2069\u3000]")
_ARABIC_COMMA: Final = re.compile(r"،\s*([a-z][a-z-]*:)")


@dataclass(frozen=True, kw_only=True)
class Explained:
    """Where the mistake is, counted from 1, what it is, and what to write instead."""

    line: int
    column: int
    what: Text
    instead: Text


_LOOK: Final = Text(
    en="Look for a missing bracket, quote, colon or space in this line or the one before.",
    ar="ابحث عن قوس أو علامة تنصيص أو نقطتين أو مسافة ناقصة في هذا السطر أو الذي قبله.",
)
_QUOTE: Final = Text(
    en='Put a text with a colon or a comma in it in quotes: "Age: how old?".',
    ar='ضع النص الذي فيه نقطتان أو فاصلة بين علامتي تنصيص: "Age: how old?".',
)
_COLON: Final = Text(en="a colon stands where none is expected.", ar="نقطتان في غير موضعهما.")
_CLOSING: Final = "did not find expected ',' or '"
# What libyaml says, and what it means for the writer.
_MEANT: Final = {
    "mapping values are not allowed in this context": (
        _COLON,
        Text(
            en="Begin the line exactly below those it belongs with. Put a text with a colon in it in quotes.",
            ar="ابدأ السطر تحت أسطر مجموعته تمامًا، وضع النص الذي فيه نقطتان بين علامتي تنصيص.",
        ),
    ),
    "did not find expected key": (
        Text(
            en="this line begins further left or right than those it belongs with.",
            ar="بداية هذا السطر لا توافق بداية أسطر مجموعته.",
        ),
        Text(
            en="Begin it exactly below them, and look for a missing bracket or quote in the line before.",
            ar="ابدأه تحتها تمامًا، وابحث عن قوس أو علامة تنصيص ناقصة في السطر الذي قبله.",
        ),
    ),
    "could not find expected ':'": (
        Text(en="no colon follows the word of this line.", ar="لا نقطتان بعد كلمة هذا السطر."),
        Text(en="Write a word, a colon and a value.", ar="اكتب كلمة ثم نقطتين ثم قيمة."),
    ),
    "found unexpected end of stream": (
        Text(en="a quote begins here and does not end.", ar="علامة تنصيص تبدأ هنا ولا تنتهي."),
        Text(en="Add the second quote.", ar="أضف علامة التنصيص الثانية."),
    ),
}


def explained(error: NotYaml, text: str) -> Explained:
    """The mistake at which the parser stopped, as its writer can find it."""
    lines = text.split("\n")
    line, column = (
        (error.begun or (error.line, error.column)) if _is_begun(error) else (error.line, error.column)
    )
    for number in (line, line - 1):
        written = lines[number - 1] if 0 < number <= len(lines) else ""
        behind = len(written) - len(written.lstrip(" "))
        if odd := _ODD_SPACE.match(written, behind):
            return Explained(line=number, column=behind + 1, what=_odd(odd[0]), instead=_SPACES)
    written = lines[line - 1] if line <= len(lines) else ""
    what, instead = _MEANT.get(error.problem, (None, _LOOK))
    if error.problem.startswith(_CLOSING):
        if comma := _ARABIC_COMMA.search(written):
            return Explained(
                line=line, column=comma.start() + 1, what=_arabic_comma(comma[1]), instead=_LATIN_COMMA
            )
        if written[column - 1 : column] == ":":
            what, instead = _COLON, _QUOTE
    whole = Text(
        en=f"this is not YAML: {what.en if what else f'{error.problem}.'}",
        ar=f"هذا النص ليس YAML صحيحًا: {what.ar}" if what else "هذا النص ليس YAML صحيحًا.",
    )
    return Explained(line=line, column=column, what=whole, instead=instead)


def _is_begun(error: NotYaml) -> bool:
    """Whether the mistake is where the parser began, and not where it gave up: a quote that is never closed."""
    return error.problem in ("found unexpected end of stream", "could not find expected ':'")


def _odd(space: str) -> Text:
    code = f"U+{ord(space):04X}"
    return Text(
        en=f"this is not YAML: an invisible character ({code}) stands at the start of the line.",
        ar=f"هذا النص ليس YAML صحيحًا: رمز غير مرئي ({code}) في أول السطر.",
    )


def _arabic_comma(word: str) -> Text:
    return Text(
        en=f"this is not YAML: an Arabic comma (،) stands before {word[:-1]}.",
        ar=f"هذا النص ليس YAML صحيحًا: فاصلة عربية (،) قبل {word[:-1]}.",
    )


_SPACES: Final = Text(
    en="Delete the start of the line and type the spaces again.",
    ar="احذف أول السطر واكتب المسافات من جديد.",
)
_LATIN_COMMA: Final = Text(en="Write a Latin comma (,) there.", ar="اكتب هناك فاصلة لاتينية (,).")
