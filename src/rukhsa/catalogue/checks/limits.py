"""What is limited is known: seasons of the territory, lists of places, and what a quota counts."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import InSeason, Permanent
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions import SlotQuestion
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Seasons and lists that the territory has not, a season's quota without a season, a place for ever."""
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
    yield from _slots(subject, is_endless=isinstance(validity, Permanent))


def _slots(subject: Subject, *, is_endless: bool) -> Iterator[DefinitionProblem]:
    known = subject.territory.slots
    slots = [each for each in subject.definition.questions if isinstance(each, SlotQuestion)]
    for question in slots:
        if question.of not in known:
            yield subject.problem(
                (*subject.question_paths[question.id], "of"),
                code="unknown-list",
                en=f'the territory has no list of places "{question.of}".',
                ar=f'لا توجد في النطاق قائمة أماكن باسم "{question.of}".',
                instead=nearest(question.of, list(known)),
            )
        if is_endless:
            yield subject.problem(
                subject.question_paths[question.id],
                code="place-for-ever",
                en="a place is taken for the period of the instrument, and a permanent one has no end.",
                ar="يُحجز المكان لمدة المحرر، والمحرر الدائم لا نهاية له.",
            )
    for question in slots[1:]:
        yield subject.problem(
            subject.question_paths[question.id],
            code="several-places",
            en="an application takes one place only.",
            ar="يحجز الطلب مكانًا واحدًا فقط.",
        )
