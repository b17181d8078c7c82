"""Search of services: words in any form, with a typing mistake, or by their beginning."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log

from rukhsa.catalogue.definition import Definition
from rukhsa.values.stems import stems_of, words_of

# How much a word tells where it stands.
IN_NAME, IN_WORDS, IN_SUMMARY = 4.0, 3.0, 1.0
# How much it tells for how it fits: the same word, another form of it, its beginning, a slip of the finger.
SAME, FORM, BEGINNING, SLIP = 1.0, 0.9, 0.8, 0.6
# How much each word tells of an everyday expression that was asked for whole, such as "change of address".
IN_EXPRESSION = 3.0
_LEAST = 3  # letters of a beginning
_NEAR = 0.78  # of difflib's ratio: one letter of five left out, doubled, swapped or wrong
# What fits less than this part of the best answer is noise.
_WORTH = 0.35

# Words that say nothing of what is wanted.
IDLE = frozenset(
    words_of(
        """
        أريد أود أبغي أبي أحتاج أطلب عايز أرغب أن في من على إلى عن هل كيف ما هو هي مع أو ثم لي لدي عندي أنا نحن
        خدمة خدمات معاملة تقديم الحصول أحصل أعمل
        i we a an the to of for in on my our is it want need would like how do can get make me please and or with
        service services apply
        """
    )
)


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A service with the weight of each of its words."""

    definition: Definition
    weights: Mapping[str, float]
    expressions: tuple[frozenset[str], ...]  # of several words


def find(definitions: Iterable[Definition], asked: str) -> list[Definition]:
    """The services that match the words, the best first.

    Every service is compared, so the cost grows with their words; texts and words are cached in the process.
    """
    entries = [
        _Entry(definition=one, weights=_weights(one), expressions=_expressions(one)) for one in definitions
    ]
    wanted = [word for word in words_of(asked)[:30] if word not in IDLE] or list(words_of(asked)[:30])
    vocabulary = {word for entry in entries for word in entry.weights}
    scores = [0.0] * len(entries)
    meant: set[str] = set()
    for word in dict.fromkeys(wanted):
        fits = _fits(word, vocabulary)
        meant |= {each for each, fit in fits.items() if fit >= FORM}
        for number, gain in _gains(fits, entries).items():
            scores[number] += gain
    for number, entry in enumerate(entries):
        whole = [len(each) for each in entry.expressions if each <= meant]
        scores[number] += IN_EXPRESSION * max(whole, default=0)
    best = max(scores, default=0)
    ranked = sorted(zip(scores, entries, strict=True), key=lambda pair: -pair[0])
    return [entry.definition for score, entry in ranked if score > 0 and score >= best * _WORTH]


def _gains(fits: Mapping[str, float], entries: list[_Entry]) -> dict[int, float]:
    """The score that one word adds to each service by the words that it `fits`; a word that fits most adds little."""
    gains = {
        number: gain
        for number, entry in enumerate(entries)
        if (
            gain := max(
                (entry.weights[each] * fits[each] for each in fits.keys() & entry.weights), default=0.0
            )
        )
    }
    rarity = log(1 + len(entries) / len(gains)) if gains else 0
    return {number: gain * rarity for number, gain in gains.items()}


def _fits(word: str, vocabulary: set[str]) -> dict[str, float]:
    """The matching words of the services with their scores; typing mistakes are tried only if nothing else fits."""
    stems = stems_of(word)
    fits = {each: FORM for each in vocabulary if stems & stems_of(each)}
    if len(word) >= _LEAST:
        fits |= {each: BEGINNING for each in vocabulary if each.startswith(word) and each not in fits}
    if word in vocabulary:
        fits[word] = SAME
    return fits or dict.fromkeys(_near(word, vocabulary), SLIP)


def _near(word: str, vocabulary: set[str]) -> list[str]:
    return difflib.get_close_matches(word, vocabulary, n=5, cutoff=_NEAR) if len(word) > _LEAST else []


def _expressions(one: Definition) -> tuple[frozenset[str], ...]:
    said = (frozenset(_read(each)) - IDLE for spoken in one.words.values() for each in spoken)
    return tuple(each for each in said if len(each) > 1)


def _weights(one: Definition) -> dict[str, float]:
    everyday = " ".join(word for language in one.words.values() for word in language)
    weights: dict[str, float] = {}
    for text, weight in (
        (f"{one.summary.ar} {one.summary.en}", IN_SUMMARY),
        (everyday, IN_WORDS),
        (f"{one.name.ar} {one.name.en}", IN_NAME),
    ):
        weights |= {word: weight for word in _read(text) if word not in IDLE}
    return weights


# What services say, never what people ask.
_read = lru_cache(maxsize=20_000)(words_of)
