"""Sentences about answers: written in English, and told in the language of the page on which they are shown.

They hold no Django, so that definitions are checked without it; `rukhsa translations` finds them all the same.
"""

from datetime import date

from rukhsa.values.names import Text
from rukhsa.values.writing import date_in_words


class Sentence:
    """A sentence whose {names} are filled with facts: days and texts are told in the language of the page too."""

    def __init__(self, english: str, **facts: object) -> None:
        self._english = english
        self._facts = facts

    def filled(self, **facts: object) -> "Sentence":
        """The same sentence with these facts."""
        return Sentence(self._english, **facts)

    def __str__(self) -> str:
        from django.utils import translation

        language = translation.get_language() or "ar"
        sentence = translation.gettext(self._english)
        told = {name: _told(fact, language) for name, fact in self._facts.items()}
        return sentence.format(**told) if told else sentence


class Counted:
    """A sentence that counts something as %(count)s, with its plural; other %(names)s are filled with facts."""

    def __init__(self, one: str, many: str, count: int, **facts: object) -> None:
        self._forms = one, many
        self._count = count
        self._facts = facts

    def __str__(self) -> str:
        from django.utils import translation

        language = translation.get_language() or "ar"
        told = {name: _told(fact, language) for name, fact in self._facts.items()}
        return translation.ngettext(*self._forms, self._count) % {"count": self._count, **told}


def _told(fact: object, language: str) -> object:
    match fact:
        case date():
            return date_in_words(fact, language)
        case Text():
            return fact.in_language(language)
    return fact
