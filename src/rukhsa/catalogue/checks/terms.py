"""How long an applicant is waited for makes sense: it can happen, and is neither too short nor without end."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.policies import Policies, Term
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.source import PathInFile, Source
from rukhsa.values.names import Text

SHORTEST, LONGEST = 24, 2 * 365 * 24  # hours: a reminder comes a day before, and nothing is kept for ever
_INSTEAD = Text(
    en='Write a time such as "48 hours" or "3 months".', ar='اكتب مهلة مثل "48 hours" أو "3 months".'
)


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Terms for what cannot happen in this service, and terms that nobody could keep to or that never end."""
    said, source = subject.definition.left_undone, subject.reading.source
    if said is None:
        return
    if said.pay_within:
        yield from _fitting(source, ("left-undone", "pay-within"), said.pay_within)
        if not subject.definition.charges:
            yield _idle(source, "pay-within", en="nothing is charged", ar="لا رسم ولا تأمين في هذه الخدمة")
    if said.complete_within:
        yield from _fitting(source, ("left-undone", "complete-within"), said.complete_within)
        if _is_never_returned(subject.definition):
            yield _idle(
                source, "complete-within", en="nobody returns an application", ar="لا يُعاد الطلب إلى مقدمه"
            )


def check_policies(reading: Reading[Policies]) -> Iterator[DefinitionProblem]:
    """The same of a territory's own terms."""
    terms = reading.value.left_undone
    for word, term in (("pay-within", terms.pay_within), ("complete-within", terms.complete_within)):
        yield from _fitting(reading.source, ("left-undone", word), term)


def _is_never_returned(definition: Definition) -> bool:
    return definition.decision.decide == "rule" and len(definition.steps) == 1


def _fitting(source: Source, path: PathInFile, term: Term) -> Iterator[DefinitionProblem]:
    if not SHORTEST <= term.hours <= LONGEST:
        what = Text(
            en=f'"{term}" is no time to wait for somebody: at least 24 hours, at most 2 years.',
            ar=f'"{term}" ليست مهلة معقولة: أقلها 24 ساعة، وأكثرها سنتان.',
        )
        yield source.problem(path, what, _INSTEAD, code="term-unfit")


def _idle(source: Source, word: str, *, en: str, ar: str) -> DefinitionProblem:
    what = Text(en=f'"{word}" says nothing where {en}.', ar=f'لا معنى لكلمة "{word}": {ar}.')
    remedy = Text(en="Leave it out.", ar="احذفها.")
    return source.problem(("left-undone", word), what, remedy, code="idle-word")
