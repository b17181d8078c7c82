"""Importing a register: every row is imported, is known already, or is in the report with the reason."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import IO, Final

from django.db import transaction
from django.utils import timezone

from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance.legacy.answered import answers_of, require_fit
from rukhsa.issuance.legacy.issuable import NotIssuable, problems_of, require_settable
from rukhsa.issuance.legacy.legacy_document import LegacyDocument, LegacyImport
from rukhsa.issuance.legacy.mapping import BadMapping, Mapping, columns_of, read_mapping
from rukhsa.issuance.legacy.row import BadCell, Fault, fingerprint, read_row, read_text
from rukhsa.issuance.legacy.table import BadRegister, rows_of
from rukhsa.issuance.legacy.versions import Known, Versions
from rukhsa.locks import HeldElsewhere, held

BATCH: Final = 500
HEADING: Final = ("row", "number", "field", "code", "reason", "remedy")
LONGEST_REASON: Final = 500
MOST_REASONS: Final = 10


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How many rows of each kind a reading found. `rows` is the sum of the five after it.

    `kept` are rows that differ from a document that was issued; `faults` the faults of refused rows; `omitted` the
    documents of an earlier reading that were not issued and have no row now. `reasons` counts the faults of each
    column, the most frequent first.
    """

    rows: int
    imported: int
    replaced: int
    present: int
    kept: int
    refused: int
    faults: int
    omitted: int
    reasons: tuple[tuple[str, int], ...] = field(default=(), compare=False)


@dataclass(frozen=True, kw_only=True)
class _Row:
    number: int
    key: str
    document: LegacyDocument | None
    faults: tuple[Fault, ...]
    paper_number: str


def import_register(
    register: Path,
    *,
    mapping: Path,
    report: Path,
    at: datetime,
    part: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Totals:
    """Import a register as a whole or not at all. Running it again imports nothing twice.

    A corrected register or mapping replaces what is not issued yet. A document that has no row any more is not issued,
    unless the file is only a `part` of the register. Rows with the same number are all refused, so that a person
    decides. `progress` gets the number of rows after each batch. Raises `BadMapping`, `BadRegister`.
    """
    reading, mapping_digest = read_mapping(mapping)
    meaning = reading.value
    version = _version(meaning)
    if version:
        require_fit(reading, version.definition)
    try:
        with held(f"legacy:{meaning.register_name}"), transaction.atomic():
            source = _source(meaning, register, mapping_digest, at)
            work = _Import(source, meaning, version, at)
            with report.open("w", encoding="utf-8", newline="") as out:
                return work.read(register, _Tally(out), part=part, progress=progress)
    except HeldElsewhere as error:
        raise BadRegister(
            f"the register {meaning.register_name} is being imported or issued just now: wait until that has ended"
        ) from error


class _Import:
    """One reading of a register, in one transaction."""

    def __init__(
        self, source: LegacyImport, mapping: Mapping, version: ServiceVersion | None, at: datetime
    ) -> None:
        self._source, self._mapping, self._version, self._at = source, mapping, version, at
        self._versions = Versions(source, at=at)
        self._is_tried = False

    def read(self, register: Path, tally: "_Tally", *, part: bool, progress: Callable[[int], None]) -> Totals:
        """Pass over the file twice: for the key of each row, then for the rows in batches."""
        self._versions.learn((self._key_of(raw), row) for row, raw in rows_of(register, self._mapping) if raw)
        for batch in batched(self._rows(register), BATCH):
            self._take(batch, tally)
            progress(len(batch))
        if not part:
            tally.omitted = self._versions.omit_others()
            for document, issued_as in self._versions.issued_without_row():
                reason = f"row {document.row_number} of an earlier reading was issued as {issued_as}, and has no row"
                remedy = "revoke it where it should not have been issued"
                fault = Fault(column="", code="issued-without-row", reason=reason, remedy=remedy)
                tally.note("", document.number, [fault])
        return tally.totals()

    def _key_of(self, raw: dict[str, str]) -> str:
        number = self._mapping.number
        try:
            written = read_text(raw, number, 40) if number else ""
        except BadCell:
            written = ""
        return f"n:{written}" if written else f"r:{fingerprint(raw)}"

    def _rows(self, register: Path) -> Iterator[_Row]:
        on = timezone.localdate(self._at)
        for row, raw in rows_of(register, self._mapping):
            reading = read_row(raw, self._mapping, on=on)
            number = str(reading.fields.get("number") or "")
            document, faults = None, reading.faults
            if raw is not None and not faults:
                document = self._document(row, raw, reading.fields)
                faults = tuple(self._faults(document))
            key = self._key_of(raw) if raw is not None else ""
            yield _Row(number=row, key=key, document=document, faults=faults, paper_number=number)

    def _document(self, row: int, raw: dict[str, str], fields: dict[str, object]) -> LegacyDocument:
        definition = self._version.definition if self._version else None
        return LegacyDocument(
            source=self._source,
            register=self._mapping.register_name,
            service=self._mapping.service,
            row_number=row,
            raw=raw,
            fingerprint="" if fields["number"] else fingerprint(raw),
            answers=answers_of(fields, self._mapping, definition) if definition else {},
            **fields,
        )

    def _faults(self, document: LegacyDocument) -> Iterator[Fault]:
        """What prevents the document from being issued. A register whose mapping has no answers is not issued again."""
        if self._version is None:
            return
        for problem in problems_of(document, self._version, at=self._at):
            is_holder = problem.question == "holder" and "holder" not in self._mapping.answers
            column = (
                " + ".join(columns_of(self._mapping.holder))
                if is_holder
                else self._mapping.columns_answering(problem.question)
            )
            yield Fault(
                column=column or problem.question,
                code=problem.code,
                reason=problem.reason,
                remedy=problem.remedy,
            )

    def _take(self, batch: Sequence[_Row], tally: "_Tally") -> None:
        """Sort a batch into new versions, replaced ones, known ones, and rows to report."""
        rows_of_key = self._versions.rows_of([row.key for row in batch])
        known = self._versions.known([row.document for row in batch if row.document])
        for row in batch:
            faults = [*row.faults, *_twice(row, rows_of_key, self._mapping)]
            if faults or row.document is None:
                tally.refuse(row.number, row.paper_number, faults)
            else:
                self._keep(row.number, row.document, known.get(row.key), tally)
        self._versions.write()

    def _keep(self, row: int, document: LegacyDocument, known: Known | None, tally: "_Tally") -> None:
        differences = known.differences(document) if known else []
        if known is None or known.is_omitted:
            tally.imported += 1
            self._add(document, known)
        elif not differences:
            tally.present += 1
            self._versions.see(known)
        elif known.issued_as:
            tally.kept += 1
            self._versions.see(known)
            tally.note(row, document.number, _changed(differences, known.issued_as))
        else:
            tally.replaced += 1
            self._add(document, known)

    def _add(self, document: LegacyDocument, known: Known | None) -> None:
        """Add a version. The first of a reading is composed whole, since a fault of the template affects all."""
        if self._version and not self._is_tried:
            try:
                require_settable(document, self._version, at=self._at)
            except NotIssuable as error:
                raise BadMapping(f"service: {self._mapping.service}: {error}: {error.remedy}") from error
            self._is_tried = True
        self._versions.add(document, known)


def _twice(row: _Row, rows_of_key: dict[str, list[int]], mapping: Mapping) -> Iterator[Fault]:
    """The fault of a row that has the same number as another row, or is the same in every cell."""
    others = [str(other) for other in rows_of_key.get(row.key, []) if other != row.number]
    if not others:
        return
    listed = " and row ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    if row.key.startswith("n:") and mapping.number:
        column, reason = " + ".join(columns_of(mapping.number)), f"the number stands in row {listed} too"
    else:
        column, reason = "", f"row {listed} is the same in every cell"
    yield Fault(column=column, code="duplicate", reason=reason, remedy="leave one of them in the register")


def _changed(differences: list[tuple[str, str, str]], issued_as: str) -> list[Fault]:
    return [
        Fault(
            column=name,
            code="issued-differently",
            reason=f"{issued_as} was issued with {before!r}, and the row says {now!r}",
            remedy=f"correct the row, or revoke the document at the desk: {issued_as}",
        )
        for name, before, now in differences
    ]


def _version(mapping: Mapping) -> ServiceVersion | None:
    """The service that issues the register again; None if the mapping has no answers. Raises BadMapping."""
    if not mapping.answers:
        return None
    version = ServiceVersion.objects.current().filter(service=mapping.service).first()
    if version is None:
        raise BadMapping(
            f"service: {mapping.service} is not published, so its questions are not known. "
            "Publish it (rukhsa setup), or write `answers: {}` where the register is only looked up"
        )
    return version


def _source(mapping: Mapping, register: Path, mapping_digest: str, at: datetime) -> LegacyImport:
    authority = Authority.objects.filter(code=mapping.authority).first()
    if authority is None:
        codes = ", ".join(Authority.objects.order_by("code").values_list("code", flat=True))
        raise BadMapping(f"authority: there is no authority {mapping.authority!r}. Write one of: {codes}")
    with register.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    source, _ = LegacyImport.objects.get_or_create(
        register=mapping.register_name,
        file_digest=digest,
        mapping_digest=mapping_digest,
        defaults={"authority": authority, "at": at},
    )
    return source


class _Tally:
    """Counts the outcomes of the rows and writes the report."""

    def __init__(self, out: IO[str]) -> None:
        self._writer = csv.writer(out)
        self._writer.writerow(HEADING)
        self.imported = self.replaced = self.present = self.kept = self.refused = self.faults = 0
        self.omitted = 0
        self._reasons = Counter[str]()

    def refuse(self, row: int, number: str, faults: Sequence[Fault]) -> None:
        """Count a refused row and report its faults."""
        self.refused += 1
        self.faults += len(faults)
        self._reasons.update(f"{fault.column} {fault.code}".strip() for fault in faults)
        self.note(row, number, faults)

    def note(self, row: int | str, number: str, faults: Sequence[Fault]) -> None:
        """Write a line of the report for each fault."""
        for fault in faults:
            cells = (number, fault.column, fault.code, fault.reason[:LONGEST_REASON], fault.remedy)
            self._writer.writerow([row, *map(inert, cells)])

    def totals(self) -> Totals:
        """The counts so far."""
        return Totals(
            rows=self.imported + self.replaced + self.present + self.kept + self.refused,
            imported=self.imported,
            replaced=self.replaced,
            present=self.present,
            kept=self.kept,
            refused=self.refused,
            faults=self.faults,
            omitted=self.omitted,
            reasons=tuple(self._reasons.most_common(MOST_REASONS)),
        )


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP ASVS 5.0, 1.2.10)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else text
