"""The decision names who takes it: a mandate for officers, a committee, a condition for a rule."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import DecideStep
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


def check(subject: Subject) -> Iterator[DefinitionProblem]:
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
