"""Every place where a definition names a question, with the types that fit there."""

from collections.abc import Iterator
from dataclasses import dataclass

from rukhsa.catalogue.charges import ChargeRow, Per
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import (
    AfterParent,
    AskedPeriod,
    Closing,
    Copy,
    EndOfParent,
    Fact,
    NewVersion,
    Reconsidering,
    RegisterEntry,
    Renewal,
)
from rukhsa.catalogue.questions.address import AddressQuestion
from rukhsa.catalogue.questions.area import AreaQuestion
from rukhsa.catalogue.questions.choice import ChoiceQuestion
from rukhsa.catalogue.questions.choices import ChoicesQuestion
from rukhsa.catalogue.questions.company import CompanyQuestion
from rukhsa.catalogue.questions.date import DateQuestion
from rukhsa.catalogue.questions.decision import DecisionQuestion
from rukhsa.catalogue.questions.drawing import Drawing
from rukhsa.catalogue.questions.iban import IbanQuestion
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.catalogue.questions.integer import IntegerQuestion
from rukhsa.catalogue.questions.line import LineQuestion
from rukhsa.catalogue.questions.money import MoneyQuestion
from rukhsa.catalogue.questions.parcel import ParcelQuestion
from rukhsa.catalogue.questions.question import Question
from rukhsa.catalogue.questions.registry import fitting, name_of, sealed_as
from rukhsa.catalogue.source import PathInFile


@dataclass(frozen=True, kw_only=True)
class Name:
    """A question's id, where it is named, and the types that fit."""

    id: str
    path: PathInFile
    types: tuple[str, ...]


def named_questions(subject: Subject) -> Iterator[Name]:
    """Every question that is named outside of conditions."""
    definition = subject.definition
    yield from _of_form(definition)
    for index, charge in enumerate(definition.charges):
        for row, tariff in enumerate(charge.rows):
            yield from _row(tariff, ("charges", index, "rows", row))
    quota = definition.quota
    if quota and quota.per != "applicant":
        yield Name(id=quota.per, path=("quota", "per"), types=fitting("quota"))
    instrument = definition.instrument
    if instrument.address:
        yield Name(id=instrument.address, path=("instrument", "address"), types=_of(AddressQuestion))
    if instrument.shows_place:
        path: PathInFile = ("instrument", "shows-place")
        yield Name(id=instrument.shows_place, path=path, types=_of(LineQuestion, AreaQuestion))
    if instrument.clashes:
        path = ("instrument", "clashes", "place")
        yield Name(id=instrument.clashes.place, path=path, types=_of(LineQuestion, AreaQuestion))
    for index, fact in enumerate(instrument.facts):
        yield from _fact(fact, ("instrument", "facts", index, "question"))
    sizes = dict.fromkeys(("integer", *fitting("metres"), *fitting("square metres")))
    for index, derived in enumerate(definition.derived):
        for part in derived.parts:
            yield Name(id=part, path=("derived", index), types=tuple(sizes))
    yield from _validity(subject)
    yield from _effects(subject)
    yield from _moments(subject)


def _of_form(definition: Definition) -> Iterator[Name]:
    if definition.authority.block_of:
        yield Name(
            id=definition.authority.block_of, path=("authority", "block-of"), types=_of(AddressQuestion)
        )
    if definition.submitted_with:
        yield Name(
            id=definition.submitted_with.company,
            path=("submitted-with", "company"),
            types=_of(CompanyQuestion),
        )
    if definition.authority.same_as:
        path: PathInFile = ("authority", "same-as")
        yield Name(
            id=definition.authority.same_as, path=path, types=_of(InstrumentQuestion, DecisionQuestion)
        )


def _row(row: ChargeRow, path: PathInFile) -> Iterator[Name]:
    if row.amount_of:
        yield Name(id=row.amount_of, path=(*path, "amount-of"), types=_of(MoneyQuestion))
    if row.per:
        yield _per(row.per, (*path, "per"))
    if row.chosen:
        yield Name(id=row.chosen.of, path=(*path, "chosen", "of"), types=_of(ChoicesQuestion))
    if row.bands:
        yield Name(id=row.bands.of, path=(*path, "bands", "of"), types=fitting("bands"))
        for step, band in enumerate(row.bands.steps):
            if band.per:
                yield _per(band.per, (*path, "bands", "steps", step, "per"))


def _per(per: Per, path: PathInFile) -> Name:
    if per.metre_of:
        return Name(id=per.metre_of, path=path, types=fitting("metres"))
    if per.square_metre_of:
        return Name(id=per.square_metre_of, path=path, types=fitting("square metres"))
    if per.month_since:
        return Name(id=per.month_since, path=path, types=_of(DateQuestion))
    if per.each_of:
        return Name(id=per.each_of, path=path, types=fitting("pieces"))
    return Name(id=per.question, path=path, types=_of(IntegerQuestion))


def _fact(fact: Fact, path: PathInFile) -> Iterator[Name]:
    if fact.question:
        yield Name(id=fact.question, path=path, types=sealed_as(fact.type))


def _validity(subject: Subject) -> Iterator[Name]:
    path: PathInFile = ("instrument", "validity")
    match subject.definition.instrument.validity:
        case AskedPeriod(from_=start, for_=days, until=end):
            yield Name(id=start, path=path, types=_of(DateQuestion))
            if days:
                yield Name(id=days, path=path, types=_of(IntegerQuestion))
            if end:
                yield Name(id=end, path=path, types=_of(DateQuestion))
        case AfterParent(after=parent, for_=days):
            yield Name(id=parent, path=path, types=_of(InstrumentQuestion))
            if days:
                yield Name(id=days, path=path, types=_of(IntegerQuestion))
        case EndOfParent(end_of=parent):
            yield Name(id=parent, path=path, types=_of(InstrumentQuestion))


def _effects(subject: Subject) -> Iterator[Name]:
    for index, effect in enumerate(subject.definition.instrument.effects):
        path: PathInFile = ("instrument", "effects", index)
        match effect:
            case NewVersion():
                yield Name(id=effect.new_version_of, path=path, types=_of(InstrumentQuestion))
            case Renewal():
                yield Name(id=effect.renews, path=path, types=_of(InstrumentQuestion))
            case Copy():
                yield Name(id=effect.copies, path=path, types=_of(InstrumentQuestion))
            case Closing():
                yield Name(id=effect.closes, path=path, types=_of(InstrumentQuestion))
                if effect.to:
                    yield Name(id=effect.to, path=path, types=_of(IbanQuestion))
            case Reconsidering():
                yield Name(id=effect.reconsiders, path=path, types=_of(DecisionQuestion))
            case RegisterEntry():
                yield Name(id=effect.operation, path=path, types=_of(ChoiceQuestion))
                yield Name(id=effect.old, path=path, types=_of(AddressQuestion))
                yield Name(id=effect.new, path=path, types=_of(AddressQuestion))


def _moments(subject: Subject) -> Iterator[Name]:
    for question in subject.questions.values():
        if isinstance(question, Drawing) and question.within:
            yield Name(
                id=question.within,
                path=(*subject.question_paths[question.id], "within"),
                types=_of(ParcelQuestion),
            )
        if isinstance(question, DateQuestion):
            for word, moment in (("earliest", question.earliest), ("latest", question.latest)):
                if moment and moment.anchor != "submission":
                    path = (*subject.question_paths[question.id], word)
                    yield Name(id=moment.anchor, path=path, types=_of(DateQuestion))
    for index, inspection in enumerate(subject.definition.after_issue):
        if inspection.due.anchor not in ("issue", "start", "end"):
            yield Name(id=inspection.due.anchor, path=("after-issue", index, "due"), types=_of(DateQuestion))


def _of(*types: type[Question]) -> tuple[str, ...]:
    return tuple(name_of(each) for each in types)
