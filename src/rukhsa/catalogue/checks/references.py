"""What a definition names exists and is of the right kind: questions, options, offices, agencies, inspections."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.named import named_questions
from rukhsa.catalogue.checks.subject import Placed, Subject
from rukhsa.catalogue.conditions import Comparison, comparisons
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import CheckStep, DecideStep, ReferStep
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Names of things that do not exist, and comparisons that make no sense for the question."""
    for placed in subject.conditions:
        for comparison in comparisons(placed.condition):
            yield from _comparison(subject, placed, comparison)
    for name in named_questions(subject):
        question = subject.questions.get(name.id)
        if question is None:
            yield _unknown(subject, name.path, name.id, list(subject.questions), "question", "سؤال")
        elif question.type not in name.types:
            yield subject.problem(
                name.path,
                code="wrong-type",
                en=f'"{name.id}" is a question of type {question.type}; here it must be {" or ".join(name.types)}.',
                ar=f'نوع السؤال "{name.id}" هو {question.type}، والمطلوب هنا {" أو ".join(name.types)}.',
            )
    yield from _offices_and_agencies(subject)
    yield from _releases(subject)
    yield from _authority(subject)


def _comparison(subject: Subject, placed: Placed, comparison: Comparison) -> Iterator[DefinitionProblem]:
    question = subject.questions.get(comparison.question)
    if question is None:
        yield _unknown(subject, placed.path, comparison.question, list(subject.questions), "question", "سؤال")
        return
    # What the review records has an order of its own, which `checks/review.py` keeps.
    asked_later = list(subject.questions).index(question.id) >= placed.after
    if asked_later and question.id not in subject.recorded:
        yield subject.problem(
            placed.path,
            code="asked-later",
            en=f'"{question.id}" is asked later than here.',
            ar=f'السؤال "{question.id}" يُطرح بعد هذا الموضع.',
            instead=Text(en="Move one of them.", ar="انقل أحدهما."),
        )
    yield from _values(subject, placed, comparison, question)


def _values(
    subject: Subject, placed: Placed, comparison: Comparison, question: Question
) -> Iterator[DefinitionProblem]:
    """An answer must be compared with a value that it can have."""
    for value in filter(None, (comparison.is_, comparison.is_not, *(comparison.in_ or ()))):
        if not question.is_exact or (question.step and not question.is_in_order(value)):
            yield subject.problem(
                placed.path,
                code="wrong-comparison",
                en=f'"{question.id}" ({question.type}) cannot be asked whether it is "{value}".',
                ar=f'لا يُسأل "{question.id}" ({question.type}) هل هو "{value}" بعينه.',
                instead=Text(en="Write includes.", ar="اكتب includes.")
                if question.takes_several
                else Text(en="Write at-least and at-most.", ar="اكتب at-least و at-most."),
            )
    options = list(question.every_answer(()) or ()) if question.is_exact else []
    for value in filter(None, (comparison.is_, comparison.is_not, *(comparison.in_ or ()))):
        if options and value not in options:
            yield _unknown(subject, placed.path, value, options, "answer", "جواب")
    if comparison.of:
        services = question.named_services
        for service in comparison.of:
            if service not in services:
                yield _unknown(
                    subject, placed.path, service, list(services), "service of its", "خدمة في السؤال"
                )
    for value in filter(None, (comparison.at_least, comparison.at_most)):
        if not question.is_in_order(value):
            yield subject.problem(
                placed.path,
                code="wrong-comparison",
                en=f'"{question.id}" ({question.type}) cannot be compared with "{value}" by more or less.',
                ar=f'لا يمكن مقارنة "{question.id}" ({question.type}) بالقيمة "{value}" بأكثر أو أقل.',
            )


def check_within(subject: Subject) -> Iterator[DefinitionProblem]:
    """Only several choices include one, of those offered, and only a place lies in a zone, of those there are."""
    for placed in subject.conditions:
        for comparison in comparisons(placed.condition):
            question = subject.questions.get(comparison.question)
            if question is None:
                continue
            if comparison.includes is not None:
                yield from _included(
                    subject,
                    placed,
                    comparison.includes,
                    list(getattr(question, "options", ())) if question.takes_several else None,
                    Text(en="answer", ar="جواب"),
                    Text(
                        en=f'"{question.id}" ({question.type}) has one answer, which includes nothing.',
                        ar=f'للسؤال "{question.id}" ({question.type}) جواب واحد لا يتضمن غيره.',
                    ),
                )
            if comparison.zone is not None:
                yield from _included(
                    subject,
                    placed,
                    comparison.zone,
                    list(subject.territory.zones) if question.is_place or question.is_drawn else None,
                    Text(en="zone", ar="منطقة"),
                    Text(
                        en=f'"{question.id}" ({question.type}) is no place, and lies in no zone.',
                        ar=f'السؤال "{question.id}" ({question.type}) ليس مكانًا، فلا يقع في منطقة.',
                    ),
                )


def _included(
    subject: Subject, placed: Placed, word: str, known: list[str] | None, named: Text, what: Text
) -> Iterator[DefinitionProblem]:
    """A word that is not among those known; `what` is wrong where there can be none."""
    if known is None:
        yield subject.problem(placed.path, code="wrong-comparison", en=what.en, ar=what.ar)
    elif word not in known:
        yield _unknown(subject, placed.path, word, known, named.en, named.ar)


def check_group(subject: Subject) -> Iterator[DefinitionProblem]:
    """A service in no group, or in one that does not exist."""
    groups, group = list(subject.territory.groups or ()), subject.definition.group
    if groups and group is None:
        yield subject.problem(
            ("group",),
            code="no-group",
            en="it stands in no group, so nobody finds it in the list of services.",
            ar="الخدمة بلا مجموعة، فلا يجدها أحد في قائمة الخدمات.",
            instead=Text(
                en=f"Add: group: {groups[0]}, or another of: {', '.join(groups)}.",
                ar=f"أضف: group: {groups[0]} أو غيرها من: {'، '.join(groups)}.",
            ),
        )
    if group and group not in groups:
        yield _unknown(subject, ("group",), group, groups, "group", "مجموعة")


def _offices_and_agencies(subject: Subject) -> Iterator[DefinitionProblem]:
    territory = subject.territory
    for path, step in subject.step_paths:
        if isinstance(step, ReferStep) and step.refer not in territory.agencies:
            yield _unknown(subject, (*path, "refer"), step.refer, list(territory.agencies), "agency", "جهة")
        if isinstance(step, ReferStep):
            yield from _documents(subject, path, step)
        if isinstance(step, CheckStep) and step.office not in territory.offices:
            yield _unknown(
                subject, (*path, "office"), step.office, list(territory.offices), "office", "إدارة"
            )
        if isinstance(step, DecideStep) and step.committee and step.committee not in territory.committees:
            known = list(territory.committees)
            yield _unknown(subject, (*path, "committee"), step.committee, known, "committee", "لجنة")
        if isinstance(step, DecideStep) and step.mandate and step.mandate not in territory.mandates:
            known = list(territory.mandates)
            yield _unknown(subject, (*path, "mandate"), step.mandate, known, "mandate", "تفويض باسم")


def _documents(subject: Subject, path: PathInFile, step: ReferStep) -> Iterator[DefinitionProblem]:
    """The documents that an agency is shown are among those that are asked for."""
    known = [document.id for document in subject.definition.documents]
    for index, document in enumerate(step.documents):
        if document not in known:
            yield _unknown(subject, (*path, "documents", index), document, known, "document", "مستند")


def _releases(subject: Subject) -> Iterator[DefinitionProblem]:
    inspections = [inspection.inspect for inspection in subject.definition.after_issue]
    for index, charge in enumerate(subject.definition.charges):
        release = charge.released_by
        if release and release.inspection and release.inspection not in inspections:
            path = ("charges", index, "released-by")
            yield _unknown(
                subject, path, release.inspection, inspections, "inspection after issue", "معاينة لاحقة"
            )


def _authority(subject: Subject) -> Iterator[DefinitionProblem]:
    routing = subject.definition.authority
    codes = [authority.code for authority in subject.territory.authorities]
    if routing.always and routing.always not in codes:
        yield _unknown(subject, ("authority", "always"), routing.always, codes, "authority", "جهة إصدار")
    if routing.block_of and subject.territory.address.form != "block":
        yield subject.problem(
            ("authority", "block-of"),
            code="no-blocks",
            en="addresses of this territory have no block.",
            ar="عناوين هذا النطاق بلا مجمعات.",
            instead=Text(en="Write: {always: …}.", ar="اكتب: {always: …}."),
        )


def _unknown(
    subject: Subject, path: PathInFile, word: str, known: list[str], en: str, ar: str
) -> DefinitionProblem:
    return subject.problem(
        path,
        code=f"unknown-{en.partition(' ')[0]}",
        en=f'there is no {en} "{word}".',
        ar=f'لا يوجد {ar} "{word}".',
        instead=nearest(word, known),
    )
