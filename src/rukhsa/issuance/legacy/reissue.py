"""Reissuing legacy documents: each becomes a sealed instrument by the cycle, once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import InterfaceError, OperationalError
from django.db.models import Q

from rukhsa.applications import blobs
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.errors import RukhsaError
from rukhsa.issuance import errors, key_index, sequencer, time_stamp
from rukhsa.issuance.cycle import Outcome, issue_together
from rukhsa.issuance.grant import Grant
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.issuing_stop import IssuingStopped
from rukhsa.issuance.legacy.issuable import grant_of
from rukhsa.issuance.legacy.legacy_document import LegacyDocument, LegacyDocumentQuerySet, LegacyRefusal
from rukhsa.locks import HeldElsewhere, held
from rukhsa.trust.tiles import write_durably

# So many documents share a checkpoint. If the process dies, at most so many pages are composed again.
BATCH: Final = 64
UNEXPECTED: Final = "unexpected"
LONGEST_REASON: Final = 500

# Errors that prevent every document from being issued, not only the one that met them first.
_OF_ALL: Final = (
    IssuingStopped,
    errors.SignerUnavailable,
    errors.PinRefused,
    key_index.KeyFault,
    errors.TrustListBehind,
    sequencer.ClockWentBack,
    sequencer.LogRolledBack,
)
_OF_THE_MACHINE: Final = (OSError, MemoryError, OperationalError, InterfaceError)


class NotReissuable(RukhsaError, ValueError):
    """The register cannot be issued again: nothing of it is imported, or all issuing is prevented."""

    code = "not-reissuable"


@dataclass(frozen=True, kw_only=True)
class Reissued:
    """The outcome of one document: the number under which it was issued, or a code and the reason."""

    row: int
    paper_number: str
    number: str = ""
    code: str = ""
    reason: str = ""


def reissue(
    register: str,
    *,
    folder: Path,
    clock: Callable[[], datetime],
    share: int = 0,
    shares: int = 1,
    limit: int | None = None,
) -> Iterator[Reissued]:
    """Issue the documents of a register in their order and leave each file in `folder`, named by its own number.

    Safe to be killed anywhere and to run beside others: the cycle continues what was begun, and an origin has one
    intent. What keeps one document from being issued is recorded and given, and the others go on. `share` of `shares`
    takes every so-manieth document; `clock` is asked before each batch, since a run may take hours. Raises
    `NotReissuable`.
    """
    try:
        with held(f"legacy:{register}", shared=True):
            documents(register)
            folder.mkdir(parents=True, exist_ok=True)
            for window in _windows(register, size=BATCH * shares, limit=limit):
                yield from _Batch(window[share::shares], folder, clock()).issued()
    except HeldElsewhere as error:
        raise NotReissuable(
            f"the register {register!r} is being imported just now: wait until that has ended"
        ) from error


def documents(register: str) -> LegacyDocumentQuerySet:
    """The documents of a register to be issued, in the order of their rows. Raises `NotReissuable` for none."""
    current = LegacyDocument.objects.current().filter(register=register)
    wanted = current.filter(Q(answers__isnull=True) | ~Q(answers={}))
    if wanted.exists():
        return wanted.select_related("source__authority").order_by("row_number", "pk")
    if current.exists():
        raise NotReissuable(
            f"the mapping of {register!r} answers no question: its documents are only looked up"
        )
    raise NotReissuable(f"nothing of the register {register!r} was imported")


def _windows(register: str, *, size: int, limit: int | None) -> Iterator[list[LegacyDocument]]:
    """The documents in batches, so that a long register does not fill the memory."""
    after, left = (0, 0), limit
    while left is None or left > 0:
        row, pk = after
        further = documents(register).filter(Q(row_number__gt=row) | Q(row_number=row, pk__gt=pk))
        window = list(further[: size if left is None else min(size, left)])
        if not window:
            return
        yield window
        after = (window[-1].row_number, window[-1].pk)
        left = None if left is None else left - len(window)


class _Batch:
    """A batch of documents that go through the cycle together."""

    def __init__(self, batch: Sequence[LegacyDocument], folder: Path, at: datetime) -> None:
        self._documents, self._folder, self._at = batch, folder, at
        services = {document.service for document in batch}
        current = ServiceVersion.objects.current().filter(service__in=services)
        self._versions = {version.service: version for version in current}

    def issued(self) -> Iterator[Reissued]:
        """The outcome of each document, in their order."""
        rows = Instrument.objects.select_related("intent")
        rows = rows.filter(intent__origin__in=[each.origin for each in self._documents])
        outcomes: dict[str, Outcome] = {row.intent.origin: row for row in rows}
        waiting = [each for each in self._documents if each.origin not in outcomes]
        outcomes |= _together(list(self._grants(waiting, outcomes)), at=self._at)
        for document in self._documents:
            yield self._left(document, outcomes[document.origin])

    def _grants(self, waiting: Sequence[LegacyDocument], outcomes: dict[str, Outcome]) -> Iterator[Grant]:
        for document in waiting:
            try:
                yield grant_of(document, self._version(document), at=self._at)
            except (NotReissuable, *_OF_THE_MACHINE):
                raise
            except Exception as error:  # it concerns this row alone, and the others go on
                outcomes[document.origin] = error

    def _version(self, document: LegacyDocument) -> ServiceVersion:
        version = self._versions.get(document.service)
        if version is None:
            raise NotReissuable(f"the service {document.service!r} is not published")
        return version

    def _left(self, document: LegacyDocument, outcome: Outcome) -> Reissued:
        """Write the released file into the folder, whole or not at all, or record why there is none.

        It is named by the number that we gave: what a register says is never part of a path.
        """
        if isinstance(outcome, Exception):
            return self._refused(document, outcome)
        target = self._folder / f"{outcome.number}.pdf"
        if not target.exists():
            try:
                file = time_stamp.handed_out(outcome)
            except (blobs.Corrupt, FileNotFoundError) as error:  # the file store no longer has this one
                return self._refused(document, error)
            write_durably(target, file)
        return Reissued(row=document.row_number, paper_number=document.number, number=outcome.number)

    def _refused(self, document: LegacyDocument, error: Exception) -> Reissued:
        code = str(getattr(error, "code", UNEXPECTED))[:40]
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON].replace("\0", "")
        LegacyRefusal.objects.get_or_create(
            document=document, code=code, reason=reason, defaults={"at": self._at}
        )
        return Reissued(row=document.row_number, paper_number=document.number, code=code, reason=reason)


def _together(grants: Sequence[Grant], *, at: datetime) -> dict[str, Outcome]:
    """For each origin its instrument or its own error. After an unexpected error each document is tried alone.

    Raises NotReissuable for what stops every document.
    """
    if not grants:
        return {}
    try:
        outcomes = issue_together(grants, at=at)
    except _OF_THE_MACHINE:
        raise
    except Exception as error:
        if len(grants) == 1:
            return {grants[0].origin: error}
        outcomes = {}
        for grant in grants:
            outcomes |= _together([grant], at=at)
    for outcome in outcomes.values():
        if isinstance(outcome, _OF_ALL):
            raise NotReissuable(f"nothing can be issued now ({outcome.code}: {outcome}); run it again later")
    return outcomes
