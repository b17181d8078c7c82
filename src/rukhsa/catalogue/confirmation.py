"""What a definition claims and a ministry can confirm: each value with the source on which it rests."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import AfterParent, InSeason, Lasting
from rukhsa.catalogue.provenance import RankedSource, rank_of
from rukhsa.catalogue.steps import recorded_by

Kind = Literal[
    "service", "rule", "question", "document", "charge", "row", "waiver", "step", "record", "visit", "validity",
    "quota", "term",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One value of a definition: its kind, the part that holds it, and the source it rests on."""

    kind: Kind
    part: object
    source: str | RankedSource

    @property
    def rank(self) -> str:
        """The rank of its source."""
        return rank_of(self.source)


def claims_of(definition: Definition) -> Iterator[Claim]:
    """Every claim of a definition, in its order. One without a source of its own rests on that of the service."""
    top = definition.source

    def claim(kind: Kind, part: object, source: str | RankedSource | None) -> Claim:
        return Claim(kind=kind, part=part, source=source or top)

    yield claim("service", definition, top)
    for rule in definition.eligible:
        yield claim("rule", rule, rule.source)
    for question in definition.questions:
        yield claim("question", question, question.source)
    for document in definition.documents:
        yield claim("document", document, document.source)
    for charge in definition.charges:
        yield claim("charge", charge, charge.source)
        yield from (claim("row", row, row.source) for row in charge.rows if row.source)
        yield from (claim("waiver", waiver, waiver.source) for waiver in charge.waived)
    for step in definition.steps:
        yield claim("step", step, step.source)
        for question in recorded_by(step):
            yield claim("record", question, question.source or step.source)
    for visit in definition.after_issue:
        yield claim("visit", visit, visit.source)
    if isinstance(definition.instrument.validity, Lasting | InSeason | AfterParent):
        yield claim("validity", definition.instrument, definition.instrument.source)
    if definition.quota:
        yield claim("quota", definition.quota, definition.quota.source)
    if definition.left_undone:
        yield claim("term", definition.left_undone, definition.left_undone.source)
