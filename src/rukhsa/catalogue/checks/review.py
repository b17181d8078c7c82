"""Who decides is named, and what the review records is used only after the step that records it."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.named import named_questions
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import comparisons
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import DecideStep, recorded_by
from rukhsa.values.names import Text

_NEEDS = {"officer": "mandate", "two officers": "mandate", "committee": "committee", "rule": "grant_when"}
_WORDS = ("mandate", "committee", "grant_when")
_MISSING = {
    "mandate": Text(
        en="an officer decides by a mandate, and none is named.", ar="يقرر الموظف بتفويض، ولم يُذكر تفويض."
    ),
    "committee": Text(
        en="a committee decides, and it is not said which.", ar="تقرر لجنة، ولم يُذكر أي لجنة هي."
    ),
    "grant_when": Text(
        en="a rule decides, and it is not said when it grants.", ar="تقرر قاعدة، ولم يُذكر متى توافق."
    ),
}


def check_deciders(subject: Subject) -> Iterator[DefinitionProblem]:
    """A decision without its decider, and words that belong to another kind of decision."""
    for path, step in subject.step_paths:
        if isinstance(step, DecideStep):
            yield from _needed(subject, step, path)
            yield from _strange(subject, step, path)


def _needed(subject: Subject, step: DecideStep, path: PathInFile) -> Iterator[DefinitionProblem]:
    word = _NEEDS[step.decide]
    if getattr(step, word) is None:
        shown = word.replace("_", "-")
        missing = _MISSING[word]
        instead = Text(en=f"Add: {shown}: …", ar=f"أضف: {shown}: …")
        yield subject.problem(path, code="no-decider", en=missing.en, ar=missing.ar, instead=instead)


def _strange(subject: Subject, step: DecideStep, path: PathInFile) -> Iterator[DefinitionProblem]:
    for word in _WORDS:
        if word != _NEEDS[step.decide] and getattr(step, word) is not None:
            shown = word.replace("_", "-")
            yield subject.problem(
                (*path, shown),
                code="idle-word",
                en=f'"{shown}" says nothing where the decision is taken by: {step.decide}.',
                ar=f'لا معنى لكلمة "{shown}" حين يكون صاحب القرار: {step.decide}.',
                instead=Text(en="Leave it out.", ar="احذفها."),
            )


def check_recorded(subject: Subject) -> Iterator[DefinitionProblem]:
    """Recorded answers that are used too early, and questions that only an applicant can answer."""
    for id, path in _uses(subject):
        if id in subject.recorded and id not in _known_at(subject, path):
            yield subject.problem(
                path,
                code="recorded-later",
                en=f'"{id}" is recorded in the review later than here.',
                ar=f'السؤال "{id}" تُسجَّل إجابته أثناء الدراسة بعد هذا الموضع.',
                instead=Text(
                    en="Use it in a later step, in a charge due after the decision, or in the instrument.",
                    ar="استخدمه في خطوة لاحقة أو في رسم يُستحق بعد القرار أو في الوثيقة.",
                ),
            )
    for question in subject.definition.recorded:
        if question.is_for_applicants:
            yield subject.problem(
                (*subject.question_paths[question.id], "type"),
                code="not-for-officers",
                en=f"a question of type {question.type} is asked of the applicant, and not recorded.",
                ar=f"السؤال من نوع {question.type} يُطرح على مقدم الطلب ولا يُسجَّل أثناء الدراسة.",
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
