"""Finds services by the words that people use: spelling variants of Arabic count as the same."""

import re
import unicodedata
from collections.abc import Iterable

from rukhsa.catalogue.definition import Definition

# Letters that people write for one another: alef with and without hamza, ta marbuta, alef maqsura.
_SAME = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "ـ": None}
)
_ARTICLE = re.compile(r"^(?:وال|بال|لل|ال)(?=\w{2})")


def find(definitions: Iterable[Definition], asked: str) -> list[Definition]:
    """The services in which every word of `asked` occurs, those with it in the name first."""
    words = [_stem(word) for word in normal(asked).split()]
    found = [one for one in definitions if all(word in _text(one) for word in words)]
    return sorted(found, key=lambda one: not all(word in _names(one) for word in words))


def normal(text: str) -> str:
    """`text` in small letters, without marks, and with one spelling for letters often confused."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SAME))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"[^\w]+", " ", bare.casefold()).strip()


def _stem(word: str) -> str:
    return _ARTICLE.sub("", word)


def _names(one: Definition) -> str:
    return normal(f"{one.name.ar} {one.name.en}")


def _text(one: Definition) -> str:
    words = " ".join(word for language in one.words.values() for word in language)
    return normal(f"{one.name.ar} {one.name.en} {words} {one.summary.ar} {one.summary.en}")
