"""Somebody may apply: the rules about it do not contradict each other."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Rules that no answers meet together."""
    if subject.possible.example(subject.submitted) is None:
        yield subject.problem(
            ("eligible",),
            code="nobody-eligible",
            en="no answers meet all these rules, so nobody can ever apply.",
            ar="لا توجد أجوبة تستوفي هذه القواعد كلها، فلا يستطيع أحد التقديم.",
            instead=Text(en="Correct the rules that contradict each other.", ar="صحح القواعد المتعارضة."),
        )
