"""Forms of one word meet in a stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.values.stems import stems_of, words_of

ARABIC = st.text(
    alphabet=[chr(code) for code in range(0x621, 0x64B) if code not in range(0x63B, 0x641)], max_size=12
)


def stems(text: str) -> frozenset[str]:
    return stems_of(words_of(text)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحفر", "الحفر"),
        ("سأحفر", "حفريات"),
        ("والحفرية", "حَفْر"),
        ("شوارع", "الشارع"),
        ("أسوار", "السور"),
        ("غرفه", "غرفة"),
        ("أبني", "مبنى"),
        ("موعد", "مواعيد"),
        ("للسكن", "السكن"),
        ("digging", "dig"),
        ("fences", "Fencing"),
    ],
)
def test_forms_of_one_word_have_a_stem_in_common(one: str, other: str) -> None:
    assert stems(one) & stems(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("حفر", "سكن"), ("شارع", "عنوان"), ("dig", "digital"), ("سور", "سير"), ("موعد", "معدات")],
)
def test_other_words_have_none(one: str, other: str) -> None:
    assert not stems(one) & stems(other)


@given(st.text(max_size=60))
def test_any_text_has_words_and_every_word_is_a_stem_of_itself(text: str) -> None:
    for word in words_of(text.replace("\x00", "")) if text.isprintable() else ():
        assert word in stems_of(word)


@given(ARABIC, st.sampled_from(["\u064e", "\u0651", "\u0640", ""]))
def test_vowel_marks_and_strokes_change_nothing(word: str, mark: str) -> None:
    assert words_of(mark.join(word)) == words_of(word)
