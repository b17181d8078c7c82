"""A question that is answered with a time of day."""

import re
from collections.abc import Callable, Container, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import StringConstraints

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.values.writing import WritingError, folded

FORM = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Clock = Annotated[str, StringConstraints(pattern=FORM)]
"""A time of day as a definition writes it and an answer holds it, of 24 hours: 08:30."""


_TYPED: Final = re.compile(
    r"(?:(?P<hour>\d{1,2})(?:[:.٫](?P<minute>\d\d))?|(?P<hh>\d\d)(?P<mm>\d\d))"
    r"(?: ?(?P<half>[ap]\.? ?m\.?|ص\.?|م\.?|صباحا|ظهرا|عصرا|مساء))?"
)
_BY_CLOCK: Final = range(1, 13)
# What says which half of the day it is, folded: with which hours it can mean one time only, and the hours it adds.
_HALVES: Final[Mapping[str, tuple[Container[int], int]]] = {
    "am": (_BY_CLOCK, 0),
    "pm": (_BY_CLOCK, 12),
    "ص": (_BY_CLOCK, 0),
    "م": (_BY_CLOCK, 12),
    "صباحا": (range(1, 12), 0),
    "ظهرا": ((12, 1, 2, 3), 12),
    "عصرا": ((3, 4, 5), 12),
    "مساء": (range(1, 12), 12),  # twelve "in the evening" is noon to some, and midnight to others
}


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
        """A time as "08:30", within its limits, of each form that `read_clock` understands."""
        time = read_clock(typed)
        if self.earliest and time < self.earliest:
            raise BadAnswer("time-too-early", Sentence("Choose {time} or later.", time=self.earliest))
        if self.latest and time > self.latest:
            raise BadAnswer("time-too-late", Sentence("Choose {time} or earlier.", time=self.latest))
        return time

    def in_control(self, typed: Any) -> Any:
        """The time as a control for times takes it."""
        return clock_in_control(typed)

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
    """What was typed as a time, "08:30", or the text `besides`, in each form that can mean one time only.

    In either set of digits; with a colon, a point or four digits alone, of 24 hours; or of twelve with what says which
    half of the day: 4 pm, 4:00 PM, ٤ م, 4 مساءً. Noon is 12 pm, as clocks have it. Raises BadAnswer, about `part`.
    """
    try:
        time = _clock(folded(str(typed)))
    except WritingError:
        time = ""
    if not time or (time != besides and not re.fullmatch(FORM, time)):
        raise BadAnswer("time-unreadable", Sentence("Enter a time, like 08:30."), part=part)
    return time


def clock_in_control(typed: Any) -> Any:
    """What was typed, as a control for times takes it, which empties itself of any other form."""
    try:
        return read_clock(typed)
    except BadAnswer:
        return typed


def _clock(text: str) -> str:
    """A time as it is kept, of a folded text; empty for what is none, or could be two."""
    match = _TYPED.fullmatch(text)
    if not match:
        return ""
    hour, minute, half = int(match["hour"] or match["hh"]), match["minute"] or match["mm"], match["half"]
    if half is None:
        return f"{hour:02}:{minute}" if minute else ""
    allowed, later = _HALVES[half.replace(".", "").replace(" ", "")]
    if hour not in allowed and not (later and 12 < hour < 24):
        return ""
    return f"{hour % 12 + later if hour <= 12 else hour:02}:{minute or '00'}"


def minutes_of(clock: str) -> int:
    """The minutes since midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])


def clock_at(minutes: int) -> str:
    """The time so many minutes after midnight."""
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}"
