"""Clean text, one set of digits, and dates in words."""

from datetime import date

import pytest

from rukhsa.values.writing import (
    WritingError,
    clean,
    date_in_words,
    folded,
    latin_digits,
    span_in_words,
)


def test_digits_are_latin() -> None:
    assert latin_digits("مبنى ١٢٣، ۴۵") == "مبنى 123، 45"


def test_invisible_characters_are_dropped() -> None:
    assert clean("  ليلى\u202e \u200b أحمد\u2066 ") == "ليلى أحمد"
    assert clean("مـــحمد") == "محمد"
    assert clean("e\u0301") == "\u00e9"


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert clean("one \r\n  two", lines=True) == "one\ntwo"
    assert clean("one\ntwo") == "one two"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ue000"])
def test_control_characters_are_refused(character: str) -> None:
    with pytest.raises(WritingError, match="unprintable"):
        clean(f"a{character}b")


def test_searching_forgives_what_people_write_differently() -> None:
    assert folded("إثباتُ سُكنى") == folded("اثبات سكني")
    assert folded("شهادة") == folded("شهاده")


def test_dates_are_written_in_words_with_latin_digits() -> None:
    day = date(2020, 11, 1)
    assert date_in_words(day, "ar") == "1 نوفمبر 2020"
    assert date_in_words(day, "en") == "1 November 2020"
    assert date_in_words(day, "en", weekday=True) == "Sunday 1 November 2020"
    assert date_in_words(day, "ar", weekday=True) == "الأحد 1 نوفمبر 2020"


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "يوم عمل واحد"), (2, "يوما عمل"), (3, "3 أيام عمل"), (10, "10 أيام عمل"), (11, "11 يوم عمل")],
)
def test_spans_are_counted_as_arabic_counts(count: int, words: str) -> None:
    assert span_in_words(count, "working day", "ar") == words
    assert span_in_words(1, "day", "en") == "1 day"
    assert span_in_words(30, "day", "en") == "30 days"
