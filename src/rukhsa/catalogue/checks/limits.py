"""The season of a validity is one of the territory's, and a quota by season has one."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import InSeason
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(subject: Subject) -> Iterator[DefinitionProblem]:
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
