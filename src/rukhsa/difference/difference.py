"""What a new text of a service would change: for typical cases, past applications and those in progress."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from rukhsa.applications.answers import read_all
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue import spoken
from rukhsa.catalogue.definition import Definition, asked, effective_answers, is_due, lacking, wanted
from rukhsa.catalogue.definition_changes import Change, changes
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.catalogue.questions.walking import CannotAnswer, Setting
from rukhsa.catalogue.territory import territory
from rukhsa.difference.answering import answers_along
from rukhsa.difference.paths import Paths
from rukhsa.payments.tariff import TariffGap, prices_of
from rukhsa.places.models import Block
from rukhsa.values.money import Money
from rukhsa.values.names import Text

LAST = 100  # applications that are priced again, by default


@dataclass(frozen=True, kw_only=True)
class Burden:
    """What a service asks of one person: how much, how many questions and documents, and at most how long."""

    money: Money | None  # None: depends on what the review records
    questions: int
    documents: tuple[Text, ...]
    working_days: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """A typical applicant, by the answers that make a difference: the burden before and after."""

    who: Text
    before: Burden
    after: Burden

    @property
    def differs(self) -> bool:
        """Whether anything changes for this person."""
        return self.before != self.after


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """What the last applications would have cost: how many more or less, and by how much at most."""

    applications: int
    dearer: int
    cheaper: int
    unknown: int
    most: Money | None  # the greatest rise or fall
    together: Money  # the sum of all the differences


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Everything that changes with a new text of a service."""

    service: str
    changes: tuple[Change, ...]
    cases: tuple[Case, ...]
    real: Reckoned
    open: Mapping[str, int]  # applications under way, by their stage
    lacking: tuple[str, ...]  # why open applications could not follow the new process


def difference(old: Definition, new: Definition, *, at: datetime, last: int = LAST) -> Difference:
    """Compare two definitions of a service; `new` is the one that might be published.

    Costs a few queries, the paths of both definitions, and the pricing of `last` applications.
    """
    place = territory()
    under_way = Application.objects.filter(service_version__service=old.service).filter(
        stage__in=[Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED]
    )
    return Difference(
        service=old.service,
        changes=changes(old, new, place),
        cases=tuple(_cases(old, new, at)),
        real=_reckoned(old, new, at, last),
        open=Counter(under_way.values_list("stage", flat=True)),
        lacking=lacking(old, new),
    )


def burden(definition: Definition, answers: Mapping[str, Any], *, authority: str | None, on: date) -> Burden:
    """What a service asks of a person with these answers on a day."""
    given = effective_answers(definition, answers)
    return Burden(
        money=_owed(definition, given, authority, on),
        questions=len(asked(definition, answers)),
        documents=tuple(document.name for document in wanted(definition, answers) if not document.optional),
        working_days=_working_days(definition, given, on),
    )


def _owed(definition: Definition, given: Mapping[str, Any], authority: str | None, on: date) -> Money | None:
    currency = territory().currency
    rules = [
        rule for rule in definition.charges if rule.from_ <= on and (rule.until is None or on <= rule.until)
    ]
    try:
        prices = prices_of(rules, given, currency, authority=authority, on=on)
    except TariffGap:
        return None
    return Money(minor=sum(each.money.minor for each in prices), currency=currency)


def _working_days(definition: Definition, given: Mapping[str, Any], on: date) -> int:
    """The most working days from that day on, one stretch after another."""
    calendar, day = territory().calendar, on
    for stretch in definition.stretches:
        spans = [step.within for step in stretch if step.within and is_due(step, given)]
        day = max((calendar.deadline(day, span.count, span.unit) for span in spans), default=day)
    return calendar.working_days_between(on, day)


def _cases(old: Definition, new: Definition, at: datetime) -> Iterable[Case]:
    """The typical applicants: one for each path of either text."""
    on, first = timezone.localdate(at), Block.objects.select_related("authority").order_by("number").first()
    seen: set[str] = set()
    paths = [(definition, path) for definition in (new, old) for path in Paths(definition).chosen]
    for number, (definition, path) in enumerate(paths):
        setting = Setting(
            number=number, on=on, block=first.number if first else 0, parents=_named(definition)
        )
        try:
            typed = answers_along(definition, path.answers, setting)
        except CannotAnswer:
            continue
        who = _who(definition, path.answers)
        if who.en in seen:
            continue
        seen.add(who.en)
        authority = first.authority_id if first else None
        before, after = (
            burden(each, read_all(each, typed, at=at).values, authority=authority, on=on)
            for each in (old, new)
        )
        yield Case(who=who, before=before, after=after)


def _named(definition: Definition) -> dict[str, str]:
    """Numbers of instruments that do not exist, since these are not looked up here."""
    return {
        question.id: "XXX-XX-2026-000000-0"
        for question in definition.questions
        if isinstance(question, InstrumentQuestion)
    }


def _who(definition: Definition, answers: Mapping[str, Any]) -> Text:
    told = [spoken.answered(definition, question, str(answer)) for question, answer in answers.items()]
    return spoken.joined(told, ar="، ", en=", ") if told else Text(ar="كل متقدم", en="every applicant")


def _reckoned(old: Definition, new: Definition, at: datetime, last: int) -> Reckoned:
    on, currency = timezone.localdate(at), territory().currency
    submitted = Application.objects.filter(service_version__service=old.service, submitted_at__isnull=False)
    rows = submitted.order_by("-submitted_at").values_list("answers", "authority_id")[:last]
    known: list[int] = []
    for answers, authority in rows:
        before, after = (_owed(each, effective_answers(each, answers), authority, on) for each in (old, new))
        if before and after:
            known.append(after.minor - before.minor)
    most = max(known, key=abs, default=0)
    return Reckoned(
        applications=len(rows),
        dearer=sum(each > 0 for each in known),
        cheaper=sum(each < 0 for each in known),
        unknown=len(rows) - len(known),
        most=Money(minor=most, currency=currency) if most else None,
        together=Money(minor=sum(known), currency=currency),
    )
