"""A question that is answered with a time of day."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.values.writing import latin_digits

FORM = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Clock = Annotated[str, StringConstraints(pattern=FORM)]
"""A time of day as a definition writes it and an answer holds it, of 24 hours: 08:30."""


class TimeQuestion(Question):
    """A time of day, to the minute: when the loudspeakers fall silent, when the road opens again."""

    type: Literal["time"]
    missing: ClassVar[Sentence] = Sentence("Enter a time, like 08:30.")
    earliest: Clock | None = None
    latest: Clock | None = None

    template: ClassVar[str] = "time"
    is_correctable: ClassVar[bool] = True
    has_zero: ClassVar[bool] = False
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text",)

    def read(self, typed: Any, context: Context) -> str:
        """A time as "08:30", within its limits; Arabic digits, and an hour of one digit, are understood."""
        time = read_clock(typed)
        if self.earliest and time < self.earliest:
            raise BadAnswer("time-too-early", Sentence("Choose {time} or later.", time=self.earliest))
        if self.latest and time > self.latest:
            raise BadAnswer("time-too-late", Sentence("Choose {time} or earlier.", time=self.latest))
        return time

    def in_words(self, answer: str) -> Words:
        """The time, of 24 hours in both languages."""
        return (Code(answer),)

    @property
    def step(self) -> Decimal:
        """One minute."""
        return Decimal(1)

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """Those that the question says, within the day."""
        return self.number(self.earliest or "00:00"), self.number(self.latest or "23:59")

    def number(self, value: str) -> Decimal:
        """The minutes since midnight."""
        if not re.fullmatch(FORM, value):
            raise ValueError(value)
        return Decimal(minutes_of(value))

    def answer_at(self, number: Decimal) -> str:
        """The time so many minutes after midnight."""
        return clock_at(int(number))

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """Every time is as long."""
        return "23:59"

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """Ten o'clock, or the nearest time that is allowed."""
        return str(wanted or min(max("10:00", self.earliest or ""), self.latest or "23:59"))


def read_clock(typed: Any, *, besides: str = "", part: str = "") -> str:
    """What was typed as a time, "08:30", of Arabic digits and an hour of one digit too; or the text `besides`.

    Raises BadAnswer, about `part`.
    """
    text = latin_digits(str(typed)).strip()
    time = text.zfill(5)
    if len(text) < 4 or not (time == besides or re.fullmatch(FORM, time)):
        raise BadAnswer("time-unreadable", Sentence("Enter a time, like 08:30."), part=part)
    return time


def minutes_of(clock: str) -> int:
    """The minutes since midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])


def clock_at(minutes: int) -> str:
    """The time so many minutes after midnight."""
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}"
