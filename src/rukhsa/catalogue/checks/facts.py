"""No fact is missing at issue: where a fact is sealed, its question was asked and may not be left out."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.named import named_questions
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.instrument import Permanent
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reasoning.formulas import negated
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Facts that may be missing, parts that an answer has not, and an end of what has none."""
    instrument = subject.definition.instrument
    for index, fact in enumerate(instrument.facts):
        path: PathInFile = ("instrument", "facts", index)
        if fact.question:
            yield from _answered(subject, fact.question, fact.when, path)
            yield from _part(subject, fact.question, fact.part, path)
        if fact.validity == "end" and isinstance(instrument.validity, Permanent):
            yield subject.problem(
                path, code="no-end", en="a permanent instrument has no end.", ar="المحرر الدائم لا نهاية له."
            )
    for word, question in (
        ("authority", subject.definition.authority.block_of or subject.definition.authority.same_as),
        ("instrument", instrument.address),
    ):
        if question:
            yield from _answered(subject, question, None, (word,))
    for name in named_questions(subject):
        if name.path == ("instrument", "validity"):
            yield from _answered(subject, name.id, None, name.path)


def _answered(
    subject: Subject, question: str, when: Condition | None, path: PathInFile
) -> Iterator[DefinitionProblem]:
    possible = subject.possible
    if example := possible.example(
        possible.says(when), negated(possible.answered(question)), given=subject.submitted
    ):
        yield subject.problem(
            path,
            code="may-be-missing",
            en=f'"{question}" may be without an answer here, for example when {example.told.en}.',
            ar=f'قد لا يكون للسؤال "{question}" جواب هنا، مثلًا عندما {example.told.ar}.',
            instead=Text(
                en="Give the same condition here as there, or make the question one that is always answered.",
                ar="ضع الشرط نفسه هنا وهناك، أو اجعل السؤال إلزاميًا دائمًا.",
            ),
        )


def _part(subject: Subject, question: str, part: str | None, path: PathInFile) -> Iterator[DefinitionProblem]:
    asked = subject.questions[question]
    parts, whole = asked.sealed_parts, asked.sealed_whole and part is None
    if (part and part not in parts) or (parts and part is None and not whole):
        yield subject.problem(
            path,
            code="wrong-part",
            en=f"an answer of type {asked.type} has the parts: {', '.join(parts) or 'none'}.",
            ar=f"أجزاء الجواب من نوع {asked.type}: {'، '.join(parts) or 'لا شيء'}.",
        )
