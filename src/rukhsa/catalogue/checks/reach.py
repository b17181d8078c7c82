"""What is never asked, wanted or applied: conditions that no answers make true."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.scenarios import TooManyScenarios, scenarios
from rukhsa.catalogue.checks.subject import Placed, Subject
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Conditions that never hold, and such that always do."""
    for placed in subject.conditions:
        yield from _condition(subject, placed)


def _condition(subject: Subject, placed: Placed) -> Iterator[DefinitionProblem]:
    try:
        outcomes = {holds(placed.condition, scenario) for scenario in scenarios(subject, [placed.condition])}
    except TooManyScenarios:
        yield subject.problem(
            placed.path,
            en="this condition depends on too many questions to be proved.",
            ar="يعتمد هذا الشرط على أسئلة أكثر مما يمكن إثباته.",
            instead=Text(en="Let it depend on fewer.", ar="اجعله يعتمد على أسئلة أقل."),
        )
        return
    if outcomes == {False}:
        yield subject.problem(
            placed.path,
            en="no answers make this condition true, so what it guards is never asked for.",
            ar="لا توجد أجوبة تحقق هذا الشرط، فلا يُطلب ما يتعلق به أبدًا.",
            instead=Text(
                en="Correct it, or leave it and its part out.",
                ar="صحح الشرط أو احذفه وما يتعلق به.",
            ),
        )
    if outcomes == {True}:
        yield subject.problem(
            placed.path,
            en="this condition always holds.",
            ar="هذا الشرط متحقق دائمًا.",
            instead=Text(en="Leave it out.", ar="احذفه."),
        )
