"""A question that is answered with the hours of each day in which something is done."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import StringConstraints

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import READ_BY_DEVICES, AnswerPart, FactType, Part, Question
from rukhsa.catalogue.questions.time import Clock, clock_at, clock_in_control, minutes_of, read_clock
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence

LAST: Final = "24:00"
End = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
"""A time of day at which hours end: 24:00 is midnight at the end of the day."""
_DAY: Final = 24 * 60  # minutes
_BETWEEN: Final = re.compile("-|–|—|to|إلى|حتى")
_USUAL: Final = 4 * 60  # minutes that a walk asks for


class HoursQuestion(Question):
    """From a time until another, each day: "16:00-23:00". "22:00-05:00" goes over midnight, and 24:00 ends the day.

    It is sealed as it is written, and a device on the spot compares it with the hour (docs/formats/extent.md).
    """

    type: Literal["hours"]
    missing: ClassVar[Sentence] = Sentence("Enter from when until when, like 08:30 and 17:00.")
    earliest: Clock | None = None
    latest: End | None = None

    template: ClassVar[str] = "hours"
    parts: ClassVar[tuple[Part, ...]] = (
        Part(name="from", label=Sentence("From what time"), is_number=True),
        Part(name="until", label=Sentence("Until what time"), is_number=True),
    )
    is_exact: ClassVar[bool] = False
    sealed_as: ClassVar[tuple[FactType, ...]] = (READ_BY_DEVICES,)

    def read(self, typed: Any, context: Context) -> str:
        """The hours as "16:00-23:00", within their limits, each time by `read_clock`; 00:00 as an end is 24:00.

        Of a text: the two times with a hyphen between them.
        """
        if not isinstance(typed, Mapping):
            halves = (half.strip() for half in _BETWEEN.split(str(typed), maxsplit=1))
            typed = dict(zip(("from", "until"), halves, strict=False))
        start, end = (read_clock(typed.get(name, ""), besides=LAST, part=name) for name in ("from", "until"))
        end = LAST if end == "00:00" else end
        if start == LAST:
            raise BadAnswer("time-unreadable", Sentence("Enter a time, like 08:30."), part="from")
        if start == end:
            alike = Sentence("Enter two different times. For the whole day enter 00:00 and 24:00.")
            raise BadAnswer("hours-alike", alike, part="until")
        self._require_within(start, end)
        return f"{start}-{end}"

    def _require_within(self, start: str, end: str) -> None:
        """Raise BadAnswer for hours that are not all within those that the question allows."""
        if not self.earliest and not self.latest:
            return
        first, last = self.earliest or "00:00", self.latest or LAST
        begins = (minutes_of(start) - minutes_of(first)) % _DAY
        if begins + _lasts(start, end) > _lasts(first, last):
            allowed = Sentence("Choose hours between {first} and {last}.", first=first, last=last)
            raise BadAnswer("hours-outside", allowed)

    def in_control(self, typed: Any) -> Any:
        """Each of the two times as its control takes it."""
        if not isinstance(typed, Mapping):
            return typed
        return {name: clock_in_control(each) for name, each in typed.items()}

    def in_words(self, answer: str) -> Words:
        """The two times, of 24 hours in both languages."""
        return (Code(answer),)

    def told(self, part: AnswerPart | None) -> str:
        """Hours."""
        return "hours"

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """All hours are as long."""
        return "22:22-22:22"

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> dict[str, str]:
        """Some hours that are allowed, from the first of them on, or from eight."""
        first = self.earliest or ("08:00" if self.latest is None else "00:00")
        lasts = min(_USUAL, _lasts(first, self.latest or LAST))
        return {"from": first, "until": clock_at((minutes_of(first) + lasts) % _DAY)}


def _lasts(start: str, end: str) -> int:
    """The minutes from one time until the other, over midnight where that comes first; a whole day where they meet."""
    return (minutes_of(end) - minutes_of(start)) % _DAY or _DAY
