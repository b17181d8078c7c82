"""Every place where a definition names a question, with the types that fit there."""

from collections.abc import Iterator
from dataclasses import dataclass

from rukhsa.catalogue.charges import ChargeRow, Per
from rukhsa.catalogue.checks.subject import Subject
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
from rukhsa.catalogue.questions import parcel_around
from rukhsa.catalogue.source import PathInFile

_FITTING = {
    "text": (
        "text",
        "long-text",
        "identifier",
        "company",
        "phone",
        "iban",
        "personal-number",
        "instrument",
        "slot",
        "parcel",
    ),
    "identifier": (
        "identifier",
        "instrument",
        "decision",
        "company",
        "iban",
        "phone",
        "personal-number",
        "slot",
        "parcel",
    ),
    "code": ("choice",),
    "yes-no": ("yes-no",),
    "integer": ("integer",),
    "decimal": ("decimal", "line", "area", "parcel"),
    "date": ("date",),
    "address": ("address",),
    "money": ("money",),
}
_IN_BANDS = ("integer", "decimal", "line", "area", "parcel", "money")


@dataclass(frozen=True, kw_only=True)
class Name:
    """A question's id, where it is named, and the types that fit."""

    id: str
    path: PathInFile
    types: tuple[str, ...]


def named_questions(subject: Subject) -> Iterator[Name]:
    """Every question that is named outside of conditions."""
    definition = subject.definition
    if definition.authority.block_of:
        yield Name(id=definition.authority.block_of, path=("authority", "block-of"), types=("address",))
    if definition.authority.same_as:
        path: PathInFile = ("authority", "same-as")
        yield Name(id=definition.authority.same_as, path=path, types=("instrument", "decision"))
    for index, charge in enumerate(definition.charges):
        for row, tariff in enumerate(charge.rows):
            yield from _row(tariff, ("charges", index, "rows", row))
    quota = definition.quota
    if quota and quota.per != "applicant":
        yield Name(id=quota.per, path=("quota", "per"), types=_COUNTED)
    instrument = definition.instrument
    if instrument.address:
        yield Name(id=instrument.address, path=("instrument", "address"), types=("address",))
    if instrument.clashes:
        path = ("instrument", "clashes", "place")
        yield Name(id=instrument.clashes.place, path=path, types=("line", "area"))
    for index, fact in enumerate(instrument.facts):
        yield from _fact(fact, ("instrument", "facts", index, "question"))
    yield from _validity(subject)
    yield from _effects(subject)
    yield from _moments(subject)


# What a quota may be counted by: a short answer that is written in one form.
_COUNTED = (
    "text",
    "identifier",
    "integer",
    "choice",
    "instrument",
    "iban",
    "phone",
    "personal-number",
    "slot",
)


def _row(row: ChargeRow, path: PathInFile) -> Iterator[Name]:
    if row.amount_of:
        yield Name(id=row.amount_of, path=(*path, "amount-of"), types=("money",))
    if row.per:
        yield _per(row.per, (*path, "per"))
    if row.bands:
        yield Name(id=row.bands.of, path=(*path, "bands", "of"), types=_IN_BANDS)
        for step, band in enumerate(row.bands.steps):
            if band.per:
                yield _per(band.per, (*path, "bands", "steps", step, "per"))


def _per(per: Per, path: PathInFile) -> Name:
    if per.metre_of:
        return Name(id=per.metre_of, path=path, types=("line", "decimal"))
    if per.square_metre_of:
        return Name(id=per.square_metre_of, path=path, types=("area", "parcel", "decimal"))
    return Name(id=per.question, path=path, types=("integer",))


def _fact(fact: Fact, path: PathInFile) -> Iterator[Name]:
    if fact.question:
        yield Name(id=fact.question, path=path, types=_FITTING[fact.type])


def _validity(subject: Subject) -> Iterator[Name]:
    path: PathInFile = ("instrument", "validity")
    match subject.definition.instrument.validity:
        case AskedPeriod(from_=start, for_=days, until=end):
            yield Name(id=start, path=path, types=("date",))
            if days:
                yield Name(id=days, path=path, types=("integer",))
            if end:
                yield Name(id=end, path=path, types=("date",))
        case AfterParent(after=parent, for_=days):
            yield Name(id=parent, path=path, types=("instrument",))
            if days:
                yield Name(id=days, path=path, types=("integer",))
        case EndOfParent(end_of=parent):
            yield Name(id=parent, path=path, types=("instrument",))


def _effects(subject: Subject) -> Iterator[Name]:
    for index, effect in enumerate(subject.definition.instrument.effects):
        path: PathInFile = ("instrument", "effects", index)
        match effect:
            case NewVersion():
                yield Name(id=effect.new_version_of, path=path, types=("instrument",))
            case Renewal():
                yield Name(id=effect.renews, path=path, types=("instrument",))
            case Copy():
                yield Name(id=effect.copies, path=path, types=("instrument",))
            case Closing():
                yield Name(id=effect.closes, path=path, types=("instrument",))
                if effect.to:
                    yield Name(id=effect.to, path=path, types=("iban",))
            case Reconsidering():
                yield Name(id=effect.reconsiders, path=path, types=("decision",))
            case RegisterEntry():
                yield Name(id=effect.operation, path=path, types=("choice",))
                yield Name(id=effect.old, path=path, types=("address",))
                yield Name(id=effect.new, path=path, types=("address",))


def _moments(subject: Subject) -> Iterator[Name]:
    for question in subject.questions.values():
        if parcel := parcel_around(question):
            yield Name(id=parcel, path=(*subject.question_paths[question.id], "within"), types=("parcel",))
        for word in ("earliest", "latest"):
            moment = getattr(question, word, None)
            if moment and moment.anchor != "submission":
                path = (*subject.question_paths[question.id], word)
                yield Name(id=moment.anchor, path=path, types=("date",))
    for index, inspection in enumerate(subject.definition.after_issue):
        if inspection.due.anchor not in ("issue", "start", "end"):
            yield Name(id=inspection.due.anchor, path=("after-issue", index, "due"), types=("date",))
