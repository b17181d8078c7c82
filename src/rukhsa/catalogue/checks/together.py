"""The services of a territory together: codes are their own, what one says of another is true, and each can be had."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import AfterParent, Closing, Permanent, Renewal
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.decision import DecisionQuestion
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.catalogue.reasoning.formulas import Formula, negated, some, within
from rukhsa.catalogue.reasoning.solver import TooHard
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(subjects: Sequence[Subject], *, is_whole: bool = True) -> Iterator[DefinitionProblem]:
    """Clashing names and codes; services and deposits that are named and do not exist.

    Unless `is_whole`, some files could not be read, and references to other services are not checked.
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
        for service in (*question.named_services, *_contested(question))
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


def _contested(question: Question) -> tuple[str, ...]:
    """The services whose decisions a question takes, or does not take."""
    return (*question.services, *question.not_of) if isinstance(question, DecisionQuestion) else ()


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


def check_chains(subjects: Sequence[Subject]) -> Iterator[DefinitionProblem]:
    """Services without a way in, deposits that no service frees, renewals of what has no end."""
    known = {subject.definition.service: subject for subject in subjects}
    reachable = _reachable(known)
    for service, subject in known.items():
        if service not in reachable:
            yield _no_way_in(subject, reachable)
        yield from _kept(subject, known)
        yield from _endless(subject, known)


def _reachable(known: Mapping[str, Subject]) -> set[str]:
    """The services that an applicant without any instrument can come to have, step by step."""
    found: set[str] = set()
    while added := {service for service in known.keys() - found if _open(known[service], found)}:
        found |= added
    return found


def _open(subject: Subject, had: set[str]) -> bool:
    """Whether some answers need only instruments of services that can be had."""
    needs = [_can_name(subject, each, had) for each in _instruments(subject)]
    try:
        return subject.possible.example(*needs, given=subject.submitted) is not None
    except TooHard:
        return True  # what cannot be proved is not reported


def _can_name(subject: Subject, question: InstrumentQuestion, had: set[str]) -> Formula:
    """The question is not answered, or with an instrument of one of those services."""
    cells = subject.possible.cells[question.id]
    named = [
        bit for bit, answer in enumerate(cells.answers) if answer not in question.services or answer in had
    ]
    possible = had.intersection(question.services)
    answered = sum(1 << bit for bit in named) if possible else 0
    return some((negated(subject.possible.answered(question.id)), within(question.id, answered, cells.all)))


def _no_way_in(subject: Subject, reachable: set[str]) -> DefinitionProblem:
    question = next(each for each in _instruments(subject) if not reachable.intersection(each.services))
    needed = ", ".join(question.services)
    return subject.problem(
        (*subject.question_paths[question.id], "services"),
        code="no-way-in",
        en=f"nobody can ever have this: it needs an instrument of {needed}, which needs one of this again.",
        ar=f"لا يستطيع أحد الحصول على هذه الخدمة: تحتاج إلى وثيقة من {needed}، وهي تحتاج بدورها إلى وثيقة منها.",
        instead=Text(
            en="Let one of them be had without the other: give its question a condition, or name another service.",
            ar="اجعل إحداها متاحة دون الأخرى: ضع للسؤال شرطًا أو اذكر خدمة أخرى.",
        ),
    )


def _instruments(subject: Subject) -> list[InstrumentQuestion]:
    return [each for each in subject.definition.questions if isinstance(each, InstrumentQuestion)]


def _kept(subject: Subject, known: Mapping[str, Subject]) -> Iterator[DefinitionProblem]:
    """Deposits that wait for an instrument of a service which does not free them."""
    service = subject.definition.service
    for index, charge in enumerate(subject.definition.charges):
        closer = known.get(charge.released_by.service or "") if charge.released_by else None
        if closer and not _frees(closer, service, charge.id):
            yield subject.problem(
                ("charges", index, "released-by"),
                code="deposit-kept",
                en=f'nothing frees this deposit: "{closer.definition.service}" does not close '
                f'an instrument of "{service}" with releases: [{charge.id}].',
                ar=f'لا شيء يفرج عن هذا التأمين: الخدمة "{closer.definition.service}" لا تغلق '
                f'وثيقة من "{service}" مع releases: [{charge.id}].',
                instead=Text(
                    en=f"Write there, under effects: {{closes: …, releases: [{charge.id}]}}.",
                    ar=f"اكتب هناك تحت effects: {{closes: …, releases: [{charge.id}]}}.",
                ),
            )


def _frees(closer: Subject, service: str, deposit: str) -> bool:
    closing = [each for each in closer.definition.instrument.effects if isinstance(each, Closing)]
    return any(deposit in each.releases and service in _services_of(closer, each.closes) for each in closing)


def _services_of(subject: Subject, id: str) -> tuple[str, ...]:
    question = subject.questions.get(id)
    return question.named_services if question else ()


def _endless(subject: Subject, known: Mapping[str, Subject]) -> Iterator[DefinitionProblem]:
    """Renewals of instruments that never end."""
    instrument = subject.definition.instrument
    renewed: list[tuple[PathInFile, str]] = [
        (("instrument", "effects", index), effect.renews)
        for index, effect in enumerate(instrument.effects)
        if isinstance(effect, Renewal)
    ]
    if isinstance(instrument.validity, AfterParent):
        renewed.append((("instrument", "validity"), instrument.validity.after))
    told: set[str] = set()
    for path, id in renewed:
        for service in _services_of(subject, id):
            parent = known.get(service)
            if (
                parent
                and isinstance(parent.definition.instrument.validity, Permanent)
                and service not in told
            ):
                told.add(service)
                yield subject.problem(
                    path,
                    code="never-ends",
                    en=f'an instrument of "{service}" has no end, so there is nothing to renew.',
                    ar=f'الوثيقة الصادرة من "{service}" لا نهاية لها، فلا شيء يُجدَّد.',
                    instead=Text(
                        en=f'Leave "{service}" out of the services of "{id}".',
                        ar=f'احذف "{service}" من خدمات السؤال "{id}".',
                    ),
                )
