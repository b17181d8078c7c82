"""What the review records is used only after the step that records it, and can be recorded there."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.named import named_questions
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import comparisons
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import recorded_by
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Recorded answers that are used too early, and questions that only an applicant can answer."""
    for id, path in _uses(subject):
        if id in subject.recorded and id not in _known_at(subject, path):
            yield subject.problem(
                path,
                code="recorded-later",
                en=f'"{id}" is recorded in the review later than here.',
                ar=f'السؤال "{id}" تُسجَّل إجابته أثناء المراجعة بعد هذا الموضع.',
                instead=Text(
                    en="Use it in a later step, in a charge due after the decision, or in the instrument.",
                    ar="استخدمه في خطوة لاحقة أو في رسم يُستحق بعد القرار أو في المحرر.",
                ),
            )
    for question in subject.definition.recorded:
        if question.is_for_applicants:
            yield subject.problem(
                (*subject.question_paths[question.id], "type"),
                code="not-for-officers",
                en=f"a question of type {question.type} is asked of the applicant, and not recorded.",
                ar=f"السؤال من نوع {question.type} يُطرح على مقدم الطلب ولا يُسجَّل في المراجعة.",
                instead=Text(en="Move it to a section of the form.", ar="انقله إلى أحد أقسام الاستمارة."),
            )


def _uses(subject: Subject) -> Iterator[tuple[str, PathInFile]]:
    for placed in subject.conditions:
        for comparison in comparisons(placed.condition):
            yield comparison.question, placed.path
    for name in named_questions(subject):
        yield name.id, name.path


def _known_at(subject: Subject, path: PathInFile) -> set[str]:
    match path:
        case ("review", int(), *_):
            return _known_in_review(subject, path)
        case ("instrument" | "after-issue", *_):
            return set(subject.recorded)
        case ("charges", int(index), *_) if subject.definition.charges[index].due != "at submission":
            return set(subject.recorded)
    return set()


def _known_in_review(subject: Subject, path: PathInFile) -> set[str]:
    known = {id for id, (stretch, _) in subject.recorded.items() if stretch < int(path[1])}
    for of_step, step in subject.step_paths:
        inside = path[: len(of_step)] == of_step and path[len(of_step) : len(of_step) + 1] == ("records",)
        if inside:
            known |= {question.id for question in recorded_by(step)[: int(path[len(of_step) + 1])]}
    return known
