"""Ids are unique, and a review ends with one decision."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import DecideStep, InspectStep, recorded_by
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Ids that are given twice; a review without a decision at its end."""
    definition = subject.definition
    yield from _once(subject, [*_questions(subject), *_numbered("derived", definition.derived)])
    yield from _once(subject, _numbered("sections", definition.sections))
    yield from _once(subject, _numbered("documents", definition.documents))
    yield from _once(subject, _numbered("charges", definition.charges))
    yield from _once(subject, _numbered("instrument.facts", definition.instrument.facts))
    yield from _once(subject, list(_inspections(subject)))
    yield from _decides_at_the_end(subject)
    yield from _short(subject)


def _questions(subject: Subject) -> Iterator[tuple[str, PathInFile]]:
    for place, section in enumerate(subject.definition.sections):
        for index, question in enumerate(section.questions):
            yield question.id, ("sections", place, "questions", index)
    for path, step in subject.step_paths:
        for index, question in enumerate(recorded_by(step)):
            yield question.id, (*path, "records", index)


def _numbered(where: str, parts: Iterable[object]) -> list[tuple[str, PathInFile]]:
    return [(str(getattr(part, "id", "")), (*where.split("."), index)) for index, part in enumerate(parts)]


def _inspections(subject: Subject) -> Iterator[tuple[str, PathInFile]]:
    for step in subject.definition.steps:
        if isinstance(step, InspectStep):
            yield step.inspect, ("review",)
    for index, inspection in enumerate(subject.definition.after_issue):
        yield inspection.inspect, ("after-issue", index, "inspect")


def _once(subject: Subject, named: Sequence[tuple[str, PathInFile]]) -> Iterator[DefinitionProblem]:
    seen: Counter[str] = Counter()
    for id, path in named:
        seen[id] += 1
        if seen[id] == 2:
            yield subject.problem(
                path,
                code="id-twice",
                en=f'the id "{id}" is given twice.',
                ar=f'المعرّف "{id}" مكرر.',
                instead=Text(en="Give each its own.", ar="اجعل لكلٍّ معرّفًا خاصًا."),
            )


def _decides_at_the_end(subject: Subject) -> Iterator[DefinitionProblem]:
    definition = subject.definition
    decisions = [step for step in definition.steps if isinstance(step, DecideStep)]
    if len(decisions) != 1 or definition.review[-1] is not decisions[0]:
        yield subject.problem(
            ("review", len(definition.review) - 1),
            code="no-decision",
            en="a review ends with one decision, alone in the last place.",
            ar="تنتهي دراسة الطلب بقرار واحد في آخر خطوة.",
            instead=Text(
                en="Write: {decide: officer, mandate: …}.", ar="اكتب: {decide: officer, mandate: …}."
            ),
        )


MOST_QUESTIONS = 100
"""Asked and recorded together; the longest form of the catalogue has a third of it."""


def _short(subject: Subject) -> Iterator[DefinitionProblem]:
    if len(subject.questions) > MOST_QUESTIONS:
        yield subject.problem(
            ("sections",),
            code="too-large",
            en=f"{len(subject.questions)} questions are asked, and nobody answers more than {MOST_QUESTIONS}.",
            ar=f"عدد الأسئلة {len(subject.questions)}، ولا أحد يجيب عن أكثر من {MOST_QUESTIONS}.",
            instead=Text(en="Make several services of it.", ar="اجعلها عدة خدمات."),
        )
