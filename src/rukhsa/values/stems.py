"""The stems of a word in Arabic or English: two words with a stem in common are forms of one another."""

import re
from functools import lru_cache
from typing import Final

from rukhsa.late import snowballstemmer
from rukhsa.values.writing import folded

WORD: Final = re.compile(r"[^\W\d_]+")
_ARABIC: Final = re.compile(r"[\u0621-\u064a]+")
# What is joined to the front of a word: the article with its prepositions, and "and".
_ARTICLE: Final = re.compile(r"^(?:[وف]?(?:[بك]?ال|لل)|[وفبلك](?=ال))(?=\w{3})")
_AND: Final = re.compile(r"^[وف](?=\w{4})")
# I, he, she, we, with a future "sa" or a "to" before: أحفر، يحفر، تحفر، نحفر، سأحفر، لأحفر.
_PERSON: Final = re.compile(r"^[سل]?[اينت](?=\w{3}$)")
_MAKER: Final = re.compile(r"^[مت](?=\w{3,4}$)")
_ENDING: Final = re.compile(r"(?<=\w{3})(?:يات|ات|ان|ون|ين|يه|ها|نا|ه|ي)$")
# Plurals of the form أفعال: أسوار of سور، أعمال of عمل.
_PLURAL: Final = re.compile(r"^ا(\w)(\w)ا(\w)$")
# Nouns of place and time of a root that begins with و, and their plurals: موعد and مواعيد of وعد, موقع of وقع.
_PLACE: Final = re.compile(r"^موا?(\w)ي?(\w)$")
_WEAK: Final = re.compile(r"[اويء]")
_LEAST: Final = 3


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: folded, without numbers and signs."""
    return tuple(WORD.findall(folded(text)))


@lru_cache(maxsize=50_000)
def stems_of(word: str) -> frozenset[str]:
    """The forms to which a folded word comes back, itself among them: حفريات, الحفر and أحفر meet in حفر.

    English by Snowball; Arabic by Snowball and by what its light stemmer leaves: the person of a verb, a plural
    and a root with weak letters. A form has at least three letters.
    """
    if not _ARABIC.fullmatch(word):
        # A stemmer holds the word it works on: each call has its own.
        return frozenset({word, snowballstemmer.stemmer("english").stemWord(word)})
    bare = {
        word,
        _AND.sub("", word),
        _ARTICLE.sub("", word),
        snowballstemmer.stemmer("arabic").stemWord(word),
    }
    bare |= {_ENDING.sub("", form) for form in bare}
    bare |= {_PLURAL.sub(r"\1\2\3", form) for form in bare}
    bare |= {_PERSON.sub("", form) for form in bare} | {_MAKER.sub("", form) for form in bare}
    bare |= {_root(form) for form in bare if len(form) > _LEAST}
    return frozenset(folded(form) for form in bare if len(form) >= _LEAST) | {word}


def _root(word: str) -> str:
    """The letters that stay in every form: شارع and شوارع both have ش ر ع."""
    if place := _PLACE.fullmatch(word):
        return "و" + "".join(place.groups())
    return word[0] + _WEAK.sub("", word[1:])
