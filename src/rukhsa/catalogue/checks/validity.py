"""What is issued begins before it ends, in a season that there is; and how long an applicant is waited for."""

from collections.abc import Iterator
from decimal import Decimal

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import AfterParent, AskedPeriod, InSeason
from rukhsa.catalogue.policies import Policies, Term
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.date import DateQuestion
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.reasoning.formulas import within
from rukhsa.catalogue.shape import Moment
from rukhsa.catalogue.source import PathInFile, Source
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check_validity(subject: Subject) -> Iterator[DefinitionProblem]:
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
        yield _ends_early(subject, example.in_words, f"{days}: from: 1")


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


def check_season(subject: Subject) -> Iterator[DefinitionProblem]:
    """A season that the territory has not, and a quota by season without a season."""
    validity = subject.definition.instrument.validity
    seasons = list(subject.territory.seasons)
    if isinstance(validity, InSeason) and validity.season not in seasons:
        yield subject.problem(
            ("instrument", "validity", "season"),
            code="unknown-season",
            en=f'the territory has no season "{validity.season}".',
            ar=f'لا يوجد في النطاق موسم باسم "{validity.season}".',
            instead=nearest(validity.season, seasons),
        )
    quota = subject.definition.quota
    if quota and quota.each == "season" and not isinstance(validity, InSeason):
        yield subject.problem(
            ("quota", "each"),
            code="quota-without-season",
            en="each: season counts by the season of the validity, and it has none.",
            ar="القيمة season تعتمد على موسم السريان، ولا موسم هنا.",
            instead=Text(en="Write: month or year.", ar="اكتب: month أو year."),
        )


# Hours: a reminder is sent a day before, and no application waits permanently
SHORTEST, LONGEST = 24, 2 * 365 * 24
_INSTEAD = Text(
    en='Write a time such as "48 hours" or "3 months".', ar='اكتب مهلة مثل "48 hours" أو "3 months".'
)


def check_terms(subject: Subject) -> Iterator[DefinitionProblem]:
    """Terms for what cannot happen in this service, and terms that are too short or too long."""
    said, source = subject.definition.left_undone, subject.reading.source
    if said is None:
        return
    if said.pay_within:
        yield from _fitting(source, ("left-undone", "pay-within"), said.pay_within)
        if not subject.definition.charges:
            yield _idle(source, "pay-within", en="nothing is charged", ar="لا رسم ولا تأمين في هذه الخدمة")
    if said.complete_within:
        yield from _fitting(source, ("left-undone", "complete-within"), said.complete_within)
        definition = subject.definition
        if definition.decision.decide == "rule" and len(definition.steps) == 1:
            yield _idle(
                source, "complete-within", en="nobody returns an application", ar="لا يُعاد الطلب إلى مقدمه"
            )


def check_policies(reading: Reading[Policies]) -> Iterator[DefinitionProblem]:
    """The same of a territory's own terms."""
    terms = reading.value.left_undone
    for word, term in (("pay-within", terms.pay_within), ("complete-within", terms.complete_within)):
        yield from _fitting(reading.source, ("left-undone", word), term)


def _fitting(source: Source, path: PathInFile, term: Term) -> Iterator[DefinitionProblem]:
    if not SHORTEST <= term.hours <= LONGEST:
        what = Text(
            en=f'"{term}" is not a sensible time limit: at least 24 hours, at most 2 years.',
            ar=f'"{term}" ليست مهلة معقولة: أقلها 24 ساعة، وأكثرها سنتان.',
        )
        yield source.problem(path, what, _INSTEAD, code="term-unfit")


def _idle(source: Source, word: str, *, en: str, ar: str) -> DefinitionProblem:
    what = Text(en=f'"{word}" says nothing where {en}.', ar=f'لا معنى لكلمة "{word}": {ar}.')
    remedy = Text(en="Leave it out.", ar="احذفها.")
    return source.problem(("left-undone", word), what, remedy, code="idle-word")
