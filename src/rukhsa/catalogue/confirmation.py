"""What a definition says and a ministry can confirm: each value with the source on which it rests, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rukhsa.catalogue import spoken
from rukhsa.catalogue.charges import ChargeRow, ChargeRule, Waiver
from rukhsa.catalogue.definition import Definition, Quota
from rukhsa.catalogue.form import Document, Eligibility
from rukhsa.catalogue.instrument import AfterParent, InSeason, InstrumentRule, Lasting
from rukhsa.catalogue.policies import LeftUndone
from rukhsa.catalogue.provenance import RankedSource, rank_of
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.steps import DecideStep, InspectionAfterIssue, ReferStep, Step, recorded_by
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text

Kind = Literal[
    "service", "rule", "question", "document", "charge", "row", "waiver", "step", "record", "visit", "validity",
    "quota", "term",
]  # fmt: skip
Part = (
    Definition | Eligibility | Question | Document | ChargeRule | ChargeRow | Waiver | Step | InspectionAfterIssue
    | InstrumentRule | Quota | LeftUndone
)  # fmt: skip
KINDS: dict[Kind, Text] = {
    "service": Text(ar="الخدمة", en="Service"),
    "rule": Text(ar="شرط استحقاق", en="Eligibility"),
    "question": Text(ar="سؤال", en="Question"),
    "document": Text(ar="مستند", en="Document"),
    "charge": Text(ar="مبلغ", en="Charge"),
    "row": Text(ar="مبلغ", en="Amount"),
    "waiver": Text(ar="إعفاء", en="Waiver"),
    "step": Text(ar="خطوة دراسة", en="Step of the review"),
    "record": Text(ar="ما يُسجَّل أثناء الدراسة", en="Recorded in the review"),
    "visit": Text(ar="معاينة بعد الإصدار", en="Visit after issue"),
    "validity": Text(ar="مدة السريان", en="Validity"),
    "quota": Text(ar="الحصة", en="Quota"),
    "term": Text(ar="مهلة", en="Term"),
}


@dataclass(frozen=True, kw_only=True)
class SourcedValue:
    """One value of a definition: its kind, the part that holds it, and the source it rests on."""

    kind: Kind
    part: Part
    source: str | RankedSource

    @property
    def rank(self) -> str:
        """The rank of its source."""
        return rank_of(self.source)

    @property
    def why(self) -> str:
        """Why it is assumed; empty where it is not."""
        return (isinstance(self.source, RankedSource) and self.source.why) or ""


def values_of(definition: Definition) -> Iterator[SourcedValue]:
    """Every value of a definition, in its order. One without a source of its own rests on that of the service.

    A period that follows from the answers or from another document, and a notice without end, need no source.
    """
    yield SourcedValue(kind="service", part=definition, source=definition.source)
    for kind, part, source in _parts(definition):
        yield SourcedValue(kind=kind, part=part, source=source or definition.source)


def _parts(definition: Definition) -> Iterator[tuple[Kind, Part, str | RankedSource | None]]:
    yield from (("rule", rule, rule.source) for rule in definition.eligible)
    yield from (("question", question, question.source) for question in definition.questions)
    yield from (("document", document, document.source) for document in definition.documents)
    for charge in definition.charges:
        yield "charge", charge, charge.source
        yield from (("row", row, row.source) for row in charge.rows if row.source)
        yield from (("waiver", waiver, waiver.source) for waiver in charge.waived)
    for step in definition.steps:
        yield "step", step, step.source
        yield from (("record", found, found.source or step.source) for found in recorded_by(step))
    yield from (("visit", visit, visit.source) for visit in definition.after_issue)
    if isinstance(definition.instrument.validity, Lasting | InSeason | AfterParent):
        yield "validity", definition.instrument, definition.instrument.source
    if definition.quota:
        yield "quota", definition.quota, definition.quota.source
    if definition.left_undone:
        yield "term", definition.left_undone, definition.left_undone.source


def unnamed_laws(definition: Definition) -> Iterator[tuple[Text, str]]:
    """What rests on a law that was not found, in words, each with the reason: the service, its rules, its charges."""
    resting = [
        (definition.name, definition.law),
        *((rule.otherwise, rule.law) for rule in definition.eligible),
        *((charge.name, charge.law) for charge in definition.charges),
    ]
    yield from ((words, basis.assumed) for words, bases in resting for basis in bases if basis.assumed)


def in_words(value: SourcedValue, definition: Definition, territory: Territory) -> Text:
    """What is said, for the person who is to confirm it."""
    match value.part:
        case Definition():
            return value.part.summary
        case Eligibility():
            return value.part.otherwise
        case Question():
            return value.part.ask
        case ChargeRule():
            rows = [_row(row, definition, territory) for row in value.part.rows]
            amounts = spoken.joined(rows, ar="؛ ", en="; ")
            return Text(ar=f"{value.part.name.ar}: {amounts.ar}", en=f"{value.part.name.en}: {amounts.en}")
        case ChargeRow():
            return _row(value.part, definition, territory)
        case Waiver():
            return value.part.reason
        case InstrumentRule():
            return spoken.validity(definition, value.part.validity)
        case LeftUndone():
            return spoken.left_undone(value.part)
        case Quota():
            many = value.part.at_most
            return Text(ar=f"لا يزيد على {many}", en=f"at most {many}")
        case ReferStep():
            agency = territory.agencies[value.part.refer]
            return Text(ar=f"{agency.ar}: {value.part.ask.ar}", en=f"{agency.en}: {value.part.ask.en}")
        case DecideStep():
            days = Text(ar="دون مهلة", en="no time limit")
            days = spoken.span(value.part.within) if value.part.within else days
            whole = definition.review_days
            return Text(
                ar=f"القرار: {days.ar}؛ الدراسة كلها: {whole} من أيام العمل",
                en=f"Decision: {days.en}; the whole review: {whole} working days",
            )
        case _:
            return value.part.name


def _row(row: ChargeRow, definition: Definition, territory: Territory) -> Text:
    """The amount of a row, with whom it is for."""
    amount = spoken.row(definition, row, territory.currency)
    return spoken.joined([row.phrase, amount], ar=": ", en=": ") if row.phrase else amount
