"""A day or a bilingual text inside a sentence, in the language in which the sentence is read."""

from datetime import date

from django.utils.functional import lazy
from django.utils.translation import get_language

from rukhsa.values.names import Text
from rukhsa.values.writing import date_in_words


def _day_now(day: date) -> str:
    return date_in_words(day, get_language() or "ar")


def _text_now(text: Text) -> str:
    return text.in_language(get_language() or "ar")


day_in_words = lazy(_day_now, str)
in_language_of_page = lazy(_text_now, str)
