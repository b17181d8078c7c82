"""A day inside a sentence, in the language in which the sentence is read."""

from datetime import date

from django.utils.functional import lazy
from django.utils.translation import get_language

from rukhsa.values.writing import date_in_words


def _now(day: date) -> str:
    return date_in_words(day, get_language() or "ar")


day_in_words = lazy(_now, str)
