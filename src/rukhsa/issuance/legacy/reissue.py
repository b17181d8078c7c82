"""Legacy documents issued again: each becomes a sealed instrument by the ordinary cycle, once and for all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any, Final

from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory_folder
from rukhsa.issuance import files
from rukhsa.issuance.legacy.document import LegacyDocument
from rukhsa.issuance.legacy.mapping import Mapping, mapping_of
from rukhsa.issuance.prepare import Grant
from rukhsa.issuance.together import Outcome, issue_together
from rukhsa.trust.tiles import write_durably
from rukhsa.values.money import Money
from rukhsa.values.names import Text

# So many share the checkpoints of the log; a kill costs at most the composing of so many pages.
BATCH: Final = 64


class NotReissuable(ValueError):
    """The register cannot be issued again: nothing of it was imported, or its service is not published."""

    code = "not-reissuable"


@dataclass(frozen=True, kw_only=True)
class Reissued:
    """What became of one document: released, or refused with a lasting code."""

    number: str
    refusal: str = ""


def reissue(
    register: str,
    *,
    folder: Path,
    clock: Callable[[], datetime],
    share: int = 0,
    shares: int = 1,
    limit: int | None = None,
) -> Iterator[Reissued]:
    """Issue the documents of a register in their order and leave each file in `folder`, by its old number.

    Safe to be killed anywhere and to run beside others: the cycle continues what was begun, and an origin has one
    intent. `share` of `shares` takes every so-manieth document; `clock` is asked before each batch, since a run may
    take hours. Raises `NotReissuable`, BadMapping.
    """
    mapping = mapping_of(register, territory_folder())
    version = _version(mapping)
    folder.mkdir(parents=True, exist_ok=True)
    for batch in batched(documents(register, limit=limit)[share::shares], BATCH):
        targets = {document: folder / f"{document.number}.pdf" for document in batch}
        missing = [document for document, target in targets.items() if not target.exists()]
        outcomes = issue_together([grant_of(each, mapping, version) for each in missing], at=clock())
        for document in batch:
            outcome = outcomes.get(_origin(document))
            yield _left(document, outcome, targets[document])


def documents(register: str, *, limit: int | None = None) -> list[LegacyDocument]:
    """The imported documents of a register in the order of their rows. Raises `NotReissuable` for none."""
    found = LegacyDocument.objects.filter(register=register).select_related("source__authority")
    in_order = list(found.order_by("row_number", "pk")[:limit])
    if not in_order:
        raise NotReissuable(f"nothing of the register {register!r} was imported")
    return in_order


def grant_of(document: LegacyDocument, mapping: Mapping, version: ServiceVersion) -> Grant:
    """What the register granted long ago, as the first step of the cycle takes it."""
    return Grant(
        origin=_origin(document),
        application=None,
        authority=document.source.authority,
        service_version=version,
        answers=_answers(document, mapping),
        holder=Text(en=document.holder),
        masked_id=None,
    )


def _left(document: LegacyDocument, outcome: Outcome | None, target: Path) -> Reissued:
    """Put the released file where it is asked for, whole or not at all; one without an outcome lies there."""
    if isinstance(outcome, Exception):
        return Reissued(number=document.number, refusal=f"{type(outcome).__name__}: {outcome}")
    if outcome:
        write_durably(target, files.handed_out(outcome))
    return Reissued(number=document.number)


def _origin(document: LegacyDocument) -> str:
    return f"legacy:{document.pk}"


def _answers(document: LegacyDocument, mapping: Mapping) -> dict[str, Any]:
    """The answers to the service's questions; what the register does not say is not answered."""
    amounts = {name: str(Money(**amount)) for name, amount in document.amounts.items()}
    known = {
        "number": document.number,
        "kind": document.kind,
        "holder": document.holder,
        "place": document.place,
        "issued": document.issued_on.isoformat(),
        **amounts,
        **document.details,
    }
    return {question: known[name] for question, name in mapping.answers.items() if name in known}


def _version(mapping: Mapping) -> ServiceVersion:
    version = ServiceVersion.objects.current().filter(service=mapping.service).first()
    if version is None:
        raise NotReissuable(f"the service {mapping.service!r} is not published")
    return version
