"""Checks what a definition means, beyond its form: each check yields problems with their lines."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from rukhsa.catalogue.checks import (
    grounds,
    hands,
    ids,
    languages,
    outcomes,
    questions,
    reach,
    reasons,
    references,
    review,
    seals,
    tariffs,
    together,
    validity,
)
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.policies import Policies
from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.reading import Reading, shaped
from rukhsa.catalogue.reasoning.solver import TooHard
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import Territory, definition_files, policies_file, read_territory
from rukhsa.values.names import Text

CHECKS = (
    ids.check,
    review.check_deciders,
    hands.check,
    languages.check,
    grounds.check_laws,
    grounds.check_sources,
    grounds.check_phrases,
    references.check,
    references.check_within,
    references.check_group,
    tariffs.check_sums,
    questions.check,
    questions.check_known,
    review.check_recorded,
    validity.check_season,
    validity.check_terms,
)
# These reason over answers, so they need questions that exist. First whether anyone can be served at all: where no one
# can, nothing else that is said of answers is worth reading.
BASIS = (validity.check_validity, reach.check_applicants)
REASONING = (
    reach.check,
    tariffs.check_rows,
    tariffs.check_chosen,
    tariffs.check_days,
    seals.check_facts,
    outcomes.check,
    seals.check,
)


def problems_of(
    reading: Reading[Definition], territory: Territory, *, on: date | None = None
) -> tuple[DefinitionProblem, ...]:
    """All problems of one definition in its territory; with a day, also charges that have ended by then."""
    subject = Subject(reading=reading, territory=territory, on=on)
    for checks in (CHECKS, BASIS, REASONING):
        if found := tuple(problem for check in checks for problem in _reasoned(check, subject)):
            return found
    return ()


def _reasoned(
    check: Callable[[Subject], Iterator[DefinitionProblem]], subject: Subject
) -> Iterator[DefinitionProblem]:
    """The problems that a check finds; one that gives up is a problem too, so that nothing is published unproved."""
    try:
        yield from check(subject)
    except TooHard:
        yield subject.problem(
            ("sections",),
            code="too-hard",
            en="the conditions hang together in too many ways to be proved.",
            ar="الشروط متشابكة بطرق أكثر مما يمكن إثباته.",
            instead=Text(
                en="Let the conditions of one charge or step depend on fewer questions.",
                ar="اجعل شروط الرسم الواحد أو الخطوة الواحدة تعتمد على أسئلة أقل.",
            ),
        )


def problems_beside(
    reading: Reading[Definition],
    others: Iterable[Reading[Definition]],
    territory: Territory,
    *,
    is_whole: bool = True,
) -> Iterator[DefinitionProblem]:
    """What is wrong with one definition beside the other services: a code of theirs, a service that does not exist.

    Unless `is_whole`, the others are not all there, and references to them are not checked.
    """
    subjects = [Subject(reading=each, territory=territory) for each in (*others, reading)]
    return (
        found for found in together.check(subjects, is_whole=is_whole) if found.file == reading.source.file
    )


def require_sound(reading: Reading[Definition], territory: Territory, *, on: date | None = None) -> None:
    """Raise DefinitionRefused when the definition has a problem."""
    if problems := problems_of(reading, territory, on=on):
        raise DefinitionRefused(problems)


def warnings_in(folder: Path) -> Iterator[DefinitionProblem]:
    """What a territory's sound services are warned of; it refuses none of them. Raises DefinitionRefused."""
    territory = read_territory(folder)
    for file in definition_files(folder):
        yield from warnings_of(read_definition(file), territory)


def warnings_of(reading: Reading[Definition], territory: Territory) -> tuple[DefinitionProblem, ...]:
    """What one sound definition is warned of."""
    subject = Subject(reading=reading, territory=territory)
    return (*hands.warn(subject), *questions.warn(subject))


def problems_in(folder: Path, *, on: date | None = None) -> Iterator[DefinitionProblem]:
    """All problems of a territory's services, each alone and all together."""
    try:
        sound_in(folder, on=on)
    except DefinitionRefused as refused:
        yield from refused.problems


def sound_in(folder: Path, *, on: date | None = None) -> list[Reading[Definition]]:
    """Read the definitions of a territory. Raises DefinitionRefused, which lists the problems of all."""
    territory = read_territory(folder)
    problems = [*_problems_of_policies(folder), *_problems_of_boundaries(folder, territory)]
    problems += reasons.check(folder, territory)
    readings: list[Reading[Definition]] = []
    is_whole = True
    for file in definition_files(folder):
        try:
            readings.append(read_definition(file))
        except DefinitionRefused as refused:
            is_whole = False
            problems += refused.problems
    if problems := [*problems, *_problems_of_all(readings, territory, is_whole=is_whole, on=on)]:
        raise DefinitionRefused(problems)
    return readings


def _problems_of_policies(folder: Path) -> Iterator[DefinitionProblem]:
    file = policies_file(folder)
    try:
        yield from validity.check_policies(shaped(load(file), Policies)) if file.exists() else ()
    except DefinitionRefused as refused:
        yield from refused.problems


def _problems_of_boundaries(folder: Path, territory: Territory) -> Iterator[DefinitionProblem]:
    from rukhsa.catalogue.boundaries import (
        overlaps,
    )  # takes long to import, and the editor checks one definition

    yield from overlaps(folder, territory)


def _problems_of_all(
    readings: Iterable[Reading[Definition]], territory: Territory, *, is_whole: bool, on: date | None
) -> Iterator[DefinitionProblem]:
    subjects = [Subject(reading=reading, territory=territory) for reading in readings]
    sound = is_whole
    for subject in subjects:
        for problem in problems_of(subject.reading, territory, on=on):
            sound = False
            yield problem
    for problem in together.check(subjects, is_whole=is_whole):
        sound = False
        yield problem
    if sound:
        yield from together.check_chains(subjects)
