"""A question that is answered with a day."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Place, Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import CannotAnswer, Setting
from rukhsa.catalogue.sentence import Counted, Sentence
from rukhsa.catalogue.shape import Moment
from rukhsa.catalogue.territory import territory
from rukhsa.trust.profiles import to_days
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits, month_in_words
from rukhsa.values.written_day import (
    DayUnreadable,
    HijriYear,
    MonthFirst,
    MonthTooShort,
    read_day,
    writes_day_first,
)

# A day beyond these is a slip of the finger, and nothing could be counted from it.
EARLIEST_DAY, LATEST_DAY = date(1850, 1, 1), date(2200, 1, 1)

# The fewest and the most days of a unit. Working days: two free days a week, and ten holidays in a row.
_DAYS: Final = {"day": (1, 1), "working day": (1, 2), "month": (28, 31), "year": (365, 366)}

# Days from now that a walk tries: first of what is to come, then of what was. A week ahead comes first, since a walk
# goes on for hours, and a day that is today may be yesterday when the application is submitted.
_NEAR: Final = (7, 1, 0, 14, 21, 28, 45, 60, 90, 180, 360, -1, -30, -400, -4_000, -9_000, -12_000)


# Spreadsheets count days from here; the numbers are those of 1954 to 2119.
_FIRST_DAY: Final = date(1899, 12, 30)
_SERIAL: Final = range(20_000, 80_000)
_WITH_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[ T].*")


class DateQuestion(Question):
    """A day."""

    type: Literal["date"]
    missing: ClassVar[Sentence] = Sentence("Enter a date, like 2026-12-01.")
    earliest: Moment | None = None
    latest: Moment | None = None

    template: ClassVar[str] = "date"
    is_correctable: ClassVar[bool] = True
    cell_form: ClassVar[Sentence | None] = Sentence("A day, like 2026-12-01")
    known_by: ClassVar[frozenset[Known]] = frozenset({"birth-date"})
    has_zero: ClassVar[bool] = False
    sealed_as: ClassVar[tuple[FactType, ...]] = ("date",)

    def read(self, typed: Any, context: Context) -> str:
        """A day as "2026-12-01", not before the earliest and not after the latest allowed.

        Each form that people write is understood where it can mean one day only (docs/formats/service.md).
        """
        day = _read(typed)
        earliest, latest = (_limit(moment, context) for moment in (self.earliest, self.latest))
        if earliest and day < earliest:
            limit = Sentence("Choose {day} or a later day.", day=earliest)
            raise BadAnswer("date-too-early", _because(limit, self.earliest, context))
        if latest and day > latest:
            limit = Sentence("Choose {day} or an earlier day.", day=latest)
            raise BadAnswer("date-too-late", _because(limit, self.latest, context))
        return day.isoformat()

    def from_cell(self, cell: str) -> str:
        """A day as spreadsheets have it: a number of days, with a time behind it, or as people write it."""
        plain = latin_digits(cell).strip()
        if plain.isdecimal() and int(plain) in _SERIAL:
            return (_FIRST_DAY + timedelta(days=int(plain))).isoformat()
        return plain[:10] if _WITH_TIME.fullmatch(plain) else str(self.in_control(plain))

    def in_control(self, typed: Any) -> Any:
        """The day as a control for dates takes it, which empties itself of any other form."""
        try:
            return _read(typed).isoformat()
        except BadAnswer:
            return typed

    def in_words(self, answer: str) -> Words:
        """The day."""
        return (date.fromisoformat(answer),)

    @property
    def step(self) -> Decimal:
        """One day."""
        return Decimal(1)

    @property
    def has_no_answer(self) -> bool:
        """Whether the earliest day lies behind the latest, whatever the day from which both count."""
        if not self.earliest or not self.latest or self.earliest.anchor != self.latest.anchor:
            return False
        return _days(self.earliest)[0] > _days(self.latest)[1]

    def number(self, value: str) -> Decimal:
        """Its place in the calendar."""
        return Decimal(date.fromisoformat(value).toordinal())

    def answer_at(self, number: Decimal) -> str:
        """The day at a place in the calendar."""
        return date.fromordinal(int(number)).isoformat()

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """A limit that counts from a day which is not answered yet would never refuse anything."""
        for word, moment in (("earliest", self.earliest), ("latest", self.latest)):
            if moment and place.is_later(moment.anchor):
                yield place.problem(
                    at=word,
                    code="asked-later",
                    en=f'"{moment.anchor}" is not answered before "{self.id}", so no day can be counted from it.',
                    ar=f'السؤال "{moment.anchor}" لا يُجاب عنه قبل "{self.id}"، فلا يُحسب منه يوم.',
                    instead=Text(
                        en="Name a date that is asked earlier, or move one of them.",
                        ar="اذكر تاريخًا يُسأل عنه قبله، أو انقل أحدهما.",
                    ),
                )

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """The days since 1970-01-01."""
        return to_days(date.fromisoformat(answer))

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A day near that of the application which the limits allow."""
        if wanted:
            return str(wanted)
        context = Context(on=setting.on, values=typed)
        for days in _NEAR:
            try:
                return self.read((setting.on + timedelta(days=days)).isoformat(), context)
            except BadAnswer:
                continue
        raise CannotAnswer(f"{self.id}: no day near {setting.on} is allowed")


def _read(typed: Any) -> date:
    """The day that was typed. Raises BadAnswer, with what to enter."""
    try:
        day = read_day(str(typed), day_first=writes_day_first(territory().holidays))
    except DayUnreadable as error:
        raise BadAnswer(error.code, _instead(error)) from error
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise BadAnswer(DayUnreadable.code, _instead(None))
    return day


def _instead(error: DayUnreadable | None) -> Sentence | Counted:
    match error:
        case MonthTooShort():
            return Counted(
                "%(month)s has %(count)s day.",
                "%(month)s has %(count)s days.",
                error.days,
                month=month_in_words(error.month),
            )
        case MonthFirst():
            return Sentence("Enter the day before the month, like 20/12/2026.")
        case HijriYear():
            return Sentence("Enter the date in the Gregorian calendar, like 2026-12-01.")
    return Sentence("Enter a date, like 2026-12-01.")


def _limit(moment: Moment | None, context: Context) -> date | None:
    """The day of a moment such as "3 working days after submission"; None while its anchor is unknown."""
    anchors = {**context.values, "submission": context.on}
    if moment is None or anchors.get(moment.anchor) is None:
        return None
    return moment.day({moment.anchor: _day(anchors[moment.anchor])}, territory().calendar)


def _because(limit: Sentence, moment: Moment | None, context: Context) -> Sentence:
    """A limit, with the earlier answer from which it counts."""
    if moment is None or moment.anchor not in context.asks:
        return limit
    ask, answer = context.asks[moment.anchor], _day(context.values[moment.anchor])
    return Sentence(
        "{limit} You answered {answer} to “{question}”.", limit=limit, question=ask, answer=answer
    )


def _day(anchor: Any) -> date:
    return anchor if isinstance(anchor, date) else date.fromisoformat(str(anchor))


def _days(moment: Moment) -> tuple[int, int]:
    """The fewest and the most days from the anchor, below zero before it."""
    if moment.span is None:
        return (0, 0)
    least, most = (each * moment.span.count for each in _DAYS[moment.span.unit])
    most += 10 if moment.span.unit == "working day" else 0
    return (least, most) if moment.direction == "after" else (-most, -least)
