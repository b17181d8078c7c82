"""What is valid begins before it ends."""

from collections.abc import Iterator
from decimal import Decimal

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import AfterParent, AskedPeriod
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.date import DateQuestion
from rukhsa.catalogue.reasoning.formulas import within
from rukhsa.catalogue.shape import Moment
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """A validity that may end before it begins."""
    validity = subject.definition.instrument.validity
    if isinstance(validity, AskedPeriod | AfterParent) and validity.for_:
        yield from _days_asked(subject, validity.for_)
    elif isinstance(validity, AskedPeriod):
        yield from _period(subject, validity)


def _days_asked(subject: Subject, days: str) -> Iterator[DefinitionProblem]:
    cells = subject.possible.cells[days]
    below = within(days, cells.below(Decimal(1)), cells.all)
    if example := subject.possible.example(below, given=subject.submitted):
        yield _ends_early(subject, example.told, f"{days}: from: 1")


def _period(subject: Subject, validity: AskedPeriod) -> Iterator[DefinitionProblem]:
    start, end = subject.questions[validity.from_], subject.questions[validity.until or ""]
    assert isinstance(start, DateQuestion), "proved by the references"
    assert isinstance(end, DateQuestion), "proved by the references"
    if not (_follows(end.earliest, start.id, "after") or _follows(start.latest, end.id, "before")):
        told = Text(
            en=f"{start.id} = 2027-01-02, {end.id} = 2027-01-01",
            ar=f"{start.id} = 2027-01-02، {end.id} = 2027-01-01",
        )
        yield _ends_early(subject, told, f"{end.id}: earliest: {start.id}")


def _ends_early(subject: Subject, told: Text, remedy: str) -> DefinitionProblem:
    return subject.problem(
        ("instrument", "validity"),
        code="ends-before-it-begins",
        en=f"the validity may end before it begins, for example when {told.en}.",
        ar=f"قد تنتهي مدة السريان قبل أن تبدأ، مثلًا عندما {told.ar}.",
        instead=Text(en=f"Write at the question: {remedy}.", ar=f"اكتب عند السؤال: {remedy}."),
    )


def _follows(moment: Moment | None, anchor: str, direction: str) -> bool:
    return (
        moment is not None and moment.anchor == anchor and (not moment.span or moment.direction == direction)
    )
