"""A number with a fraction: what is understood of the ways in which people write one, and what is asked again."""

import pytest

from rukhsa.catalogue.questions.decimal import DecimalQuestion
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.values.names import Text
from tests.rooms.catalogue.test_time_question import DAY

AREA = DecimalQuestion(
    id="area", type="decimal", unit="m2", decimals=3, ask=Text(ar="كم المساحة؟", en="How large is it?")
)


@pytest.mark.parametrize("typed", ["12.5", " 12.5 ", "١٢٫٥", "۱۲٫۵", "12،5", "١٢،٥"])
def test_a_point_is_understood_as_each_keyboard_has_it(typed: str) -> None:
    assert AREA.read(typed, Context(on=DAY, values={})) == "12.5"


@pytest.mark.parametrize("typed", ["1،500", "١،٥٠٠", "١٬٥٠٠", "1,500", "1 500", "1،500،000"])
def test_a_mark_that_may_part_thousands_is_asked_again_and_makes_no_thousandth(typed: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        AREA.read(typed, Context(on=DAY, values={}))
    assert refused.value.code == "number-unreadable"
