"""The services of a territory together: codes are their own, and what one says of another is true."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import Closing
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(subjects: Sequence[Subject], *, is_whole: bool = True) -> Iterator[DefinitionProblem]:
    """Clashing names and codes; services and deposits that are named and do not exist.

    Unless `is_whole` some files could not be read: then nothing is said of what may stand in them.
    """
    for word in ("service", "code", "profile_code"):
        yield from _own(subjects, word)
    known = {subject.definition.service: subject for subject in subjects}
    for subject in subjects if is_whole else ():
        yield from _services(subject, known)
        yield from _deposits(subject, known)


def _own(subjects: Sequence[Subject], word: str) -> Iterator[DefinitionProblem]:
    holders: dict[object, list[Subject]] = defaultdict(list)
    for subject in subjects:
        holders[getattr(subject.definition, word)].append(subject)
    for value, (first, *others) in holders.items():
        for other in others:
            name, kebab = first.reading.source.file, word.replace("_", "-")
            yield other.problem(
                (kebab,),
                code="code-shared",
                en=f'{kebab} "{value}" is that of {name} already.',
                ar=f'القيمة "{value}" في {kebab} مستعملة في {name}.',
                instead=Text(en="Give it one of its own.", ar="اختر قيمة أخرى."),
            )


def _services(subject: Subject, known: dict[str, Subject]) -> Iterator[DefinitionProblem]:
    named = [
        (service, subject.question_paths[question.id])
        for question in subject.definition.questions
        for service in question.named_services
    ]
    for index, charge in enumerate(subject.definition.charges):
        if charge.released_by and charge.released_by.service:
            named.append((charge.released_by.service, ("charges", index, "released-by")))
    for service, path in named:
        if service not in known:
            yield subject.problem(
                path,
                code="unknown-service",
                en=f'there is no service "{service}".',
                ar=f'لا توجد خدمة "{service}".',
                instead=nearest(service, list(known)),
            )


def _deposits(subject: Subject, known: dict[str, Subject]) -> Iterator[DefinitionProblem]:
    for index, effect in enumerate(subject.definition.instrument.effects):
        if isinstance(effect, Closing):
            question = subject.definition.question(effect.closes)
            services = question.named_services
            deposits = [
                charge.id
                for service in services
                if service in known
                for charge in known[service].definition.charges
                if charge.kind == "deposit"
            ]
            for deposit in effect.releases:
                if deposit not in deposits:
                    yield subject.problem(
                        ("instrument", "effects", index),
                        code="unknown-deposit",
                        en=f'the closed services take no deposit "{deposit}".',
                        ar=f'لا تأخذ الخدمات المغلقة تأمينًا باسم "{deposit}".',
                        instead=nearest(deposit, deposits),
                    )
