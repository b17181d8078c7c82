"""What leans on the area of a parcel needs a territory whose parcels are known, and a drawing its parcel before it."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.named import named_questions
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import comparisons
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions import ParcelQuestion, parcel_around
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Areas of parcels that nobody knows, and drawings that come before their parcel."""
    if not subject.territory.parcels:
        for path, question in _measured(subject):
            yield subject.problem(
                path,
                code="no-parcels",
                en=f'the area of the parcel "{question}" is not known: this territory has no parcels.',
                ar=f'مساحة العقار "{question}" غير معروفة، فليس في هذا النطاق عقارات مسجلة.',
                instead=Text(
                    en="Ask for the area, or import the parcels and write in territory.yaml: parcels: yes.",
                    ar="اسأل عن المساحة، أو استورد العقارات واكتب في territory.yaml: parcels: yes.",
                ),
            )
    yield from _too_early(subject)


def _measured(subject: Subject) -> Iterator[tuple[PathInFile, str]]:
    """Where the area of a parcel counts: in a fee, a fact, or a comparison."""
    parcels = {id for id, question in subject.questions.items() if isinstance(question, ParcelQuestion)}
    for name in named_questions(subject):
        if name.id in parcels and name.path[0] == "charges":
            yield name.path, name.id
    for index, fact in enumerate(subject.definition.instrument.facts):
        if fact.question in parcels and fact.part == "measure":
            yield ("instrument", "facts", index), fact.question or ""
    for placed in subject.conditions:
        for each in comparisons(placed.condition):
            if each.question in parcels and (each.at_least or each.at_most):
                yield placed.path, each.question


def _too_early(subject: Subject) -> Iterator[DefinitionProblem]:
    order = list(subject.questions)
    for id, question in subject.questions.items():
        parcel = parcel_around(question)
        if parcel in order and order.index(parcel) > order.index(id):
            yield subject.problem(
                (*subject.question_paths[id], "within"),
                code="asked-later",
                en=f'"{parcel}" is asked later than here.',
                ar=f'السؤال "{parcel}" يُطرح بعد هذا الموضع.',
                instead=Text(en="Move one of them.", ar="انقل أحدهما."),
            )
