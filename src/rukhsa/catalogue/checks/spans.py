"""Every question can be answered, and what is valid begins before it ends."""

from collections.abc import Iterator
from decimal import Decimal

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import AfterParent, AskedPeriod
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions import DateQuestion, Question
from rukhsa.catalogue.reasoning.cells import bounds_of
from rukhsa.catalogue.reasoning.formulas import within
from rukhsa.catalogue.shape import Moment
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Bounds the wrong way round, and a validity that may end before it begins."""
    for question in subject.questions.values():
        least, most = bounds_of(question)
        reversed_ = least is not None and most is not None and least > most
        if reversed_ or (isinstance(question, DateQuestion) and _no_day(question)):
            yield subject.problem(
                subject.question_paths[question.id],
                code="unanswerable",
                en=f'"{question.id}" allows no answer: its least is more than its most.',
                ar=f'لا جواب ممكن للسؤال "{question.id}": أقله أكبر من أكثره.',
                instead=Text(en="Correct one of the bounds.", ar="صحح أحد الحدين."),
            )
        yield from _asked_later(subject, question)
    validity = subject.definition.instrument.validity
    if isinstance(validity, AskedPeriod | AfterParent) and validity.for_:
        yield from _days_asked(subject, validity.for_)
    elif isinstance(validity, AskedPeriod):
        yield from _period(subject, validity)


def _asked_later(subject: Subject, question: Question) -> Iterator[DefinitionProblem]:
    """A limit that counts from a day which is not known yet, its own among them: nothing would ever be refused."""
    order = list(subject.questions)
    for word in ("earliest", "latest"):
        moment = getattr(question, word, None)
        if moment and moment.anchor in order and order.index(moment.anchor) >= order.index(question.id):
            yield subject.problem(
                (*subject.question_paths[question.id], word),
                code="asked-later",
                en=f'"{moment.anchor}" is not answered before "{question.id}", so no day can be counted from it.',
                ar=f'السؤال "{moment.anchor}" لا يُجاب عنه قبل "{question.id}"، فلا يُحسب منه يوم.',
                instead=Text(
                    en="Name a date that is asked earlier, or move one of them.",
                    ar="اذكر تاريخًا يُسأل عنه قبله، أو انقل أحدهما.",
                ),
            )


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


def _no_day(question: DateQuestion) -> bool:
    """The earliest day lies behind the latest, whatever the day from which both count."""
    if not question.earliest or not question.latest or question.earliest.anchor != question.latest.anchor:
        return False
    return _days(question.earliest)[0] > _days(question.latest)[1]


# The fewest and the most days of a unit. Working days: two free days a week, and ten holidays in a row.
_DAYS = {"day": (1, 1), "working day": (1, 2), "month": (28, 31), "year": (365, 366)}


def _days(moment: Moment) -> tuple[int, int]:
    """The fewest and the most days from the anchor, below zero before it."""
    if moment.span is None:
        return (0, 0)
    least, most = (each * moment.span.count for each in _DAYS[moment.span.unit])
    most += 10 if moment.span.unit == "working day" else 0
    return (least, most) if moment.direction == "after" else (-most, -least)
