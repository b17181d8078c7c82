"""A day or a text of a definition inside a sentence, in the language in which the sentence is read."""

from datetime import date

from django.utils.functional import lazy
from django.utils.translation import get_language

from rukhsa.values.names import Text
from rukhsa.values.writing import date_in_words


def _day_in_words(day: date) -> str:
    return date_in_words(day, get_language() or "ar")


def _in_language_of_page(text: Text) -> str:
    return text.in_language(get_language() or "ar")


day_in_words = lazy(_day_in_words, str)
in_language_of_page = lazy(_in_language_of_page, str)
