"""Someone may apply; what is never asked, wanted or applied, and conditions that change nothing."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Placed, Subject
from rukhsa.catalogue.conditions import AllOf, AnyOf, Condition, Not
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reasoning.formulas import ALWAYS, negated
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.names import Text


def check_applicants(subject: Subject) -> Iterator[DefinitionProblem]:
    """Rules that no answers meet together."""
    if subject.possible.example(subject.submitted) is None:
        yield subject.problem(
            ("eligible",),
            code="nobody-eligible",
            en="no answers meet all these rules, so nobody can ever apply.",
            ar="لا توجد أجوبة تستوفي هذه القواعد كلها، فلا يستطيع أحد التقديم.",
            instead=Text(en="Correct the rules that contradict each other.", ar="صحح القواعد المتعارضة."),
        )


# These apply to everyone who fills in the form; all else only to those who may apply.
_BEFORE_SUBMISSION = ("sections", "documents", "eligible")
_CORRECT = Text(en="Correct it, or leave it and its part out.", ar="صحح الشرط أو احذفه وما يتعلق به.")


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Conditions that never hold, and conditions that always hold."""
    for placed in subject.conditions:
        yield from _condition(subject, placed)


def _condition(subject: Subject, placed: Placed) -> Iterator[DefinitionProblem]:
    if placed.path[-1] == "grant-when":
        return  # `outcomes` checks what a rule grants
    said = subject.possible.says(placed.condition)
    given = ALWAYS if placed.path[0] in _BEFORE_SUBMISSION else subject.submitted
    if subject.possible.example(said, given=given) is None:
        code, en, ar = _never(placed.path)
        yield subject.problem(placed.path, code=code, en=en, ar=ar, instead=_CORRECT)
    elif subject.possible.example(negated(said), given=given) is None:
        yield subject.problem(
            placed.path,
            code="always-holds",
            en="this condition always holds.",
            ar="هذا الشرط متحقق دائمًا.",
            instead=Text(en="Leave it out.", ar="احذفه."),
        )
    else:
        yield from _alternatives(subject, placed.condition, placed.path)


def _never(path: PathInFile) -> tuple[str, str, str]:
    """The code and sentences for what stands under a condition that never holds."""
    if path[0] in ("sections", "documents"):
        return (
            "never-asked",
            "no answers make this condition true, so what it guards is never asked for.",
            "لا توجد أجوبة تحقق هذا الشرط، فلا يُطلب ما يتعلق به أبدًا.",
        )
    if path[0] in ("review", "after-issue"):
        return (
            "never-reached",
            "no answers make this condition true, so this step is never reached.",
            "لا توجد أجوبة تحقق هذا الشرط، فلا يُوصَل إلى هذه الخطوة أبدًا.",
        )
    return "never-holds", "no answers make this condition true.", "لا توجد أجوبة تحقق هذا الشرط."


def _alternatives(subject: Subject, condition: Condition, path: PathInFile) -> Iterator[DefinitionProblem]:
    """The alternatives of an `any` that never hold."""
    match condition:
        case AnyOf(any=parts):
            for index, part in enumerate(parts):
                if subject.possible.example(subject.possible.says(part)) is None:
                    yield subject.problem(
                        (*path, "any", index),
                        code="never-holds",
                        en="no answers make this alternative true.",
                        ar="لا توجد أجوبة تحقق هذا البديل.",
                        instead=Text(en="Correct it, or leave it out.", ar="صححه أو احذفه."),
                    )
                yield from _alternatives(subject, part, (*path, "any", index))
        case AllOf(all=parts):
            for index, part in enumerate(parts):
                yield from _alternatives(subject, part, (*path, "all", index))
        case Not():
            yield from _alternatives(subject, condition.not_, (*path, "not"))
