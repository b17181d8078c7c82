"""Versions of a register's documents: those that are known, and those that a reading adds or omits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, Final

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat

from rukhsa.issuance.intent import Intent
from rukhsa.issuance.legacy.legacy_document import (
    LegacyDocument,
    LegacyDocumentQuerySet,
    LegacyImport,
    LegacyOmission,
)

BATCH: Final = 500
_FIELDS: Final = (
    *("number", "service", "kind", "holder", "place", "issued", "expires"),
    *("amounts", "details", "answers"),
)


@dataclass(frozen=True, kw_only=True)
class Known:
    """The newest version of a document, whether the last reading omitted it, and the number it was issued under."""

    document: LegacyDocument
    is_omitted: bool
    issued_as: str

    def differences(self, other: LegacyDocument) -> list[tuple[str, str, str]]:
        """The values that differ from a row: name, value here, value in the row."""
        mine, theirs = _content(self.document), _content(other)
        if self.document.answers is None:  # an earlier program kept none
            theirs = {name: value for name, value in theirs.items() if name in mine}
        names = sorted(mine.keys() | theirs.keys())
        pairs = ((name, str(mine.get(name, "")), str(theirs.get(name, ""))) for name in names)
        return [(name, before, now) for name, before, now in pairs if before != now]


class Versions:
    """The keys and documents that one reading meets, in temporary tables for the length of its transaction."""

    def __init__(self, source: LegacyImport, *, at: datetime) -> None:
        self._source, self._at = source, at
        self._new: list[LegacyDocument] = []
        self._seen: list[int] = []
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS legacy_key, legacy_seen")
            cursor.execute("CREATE TEMPORARY TABLE legacy_key (key text, row int) ON COMMIT DROP")
            cursor.execute("CREATE TEMPORARY TABLE legacy_seen (document bigint PRIMARY KEY) ON COMMIT DROP")

    def learn(self, keys: Iterable[tuple[str, int]]) -> None:
        """Store the key of each row, so that a number in several rows is known before the first is read."""
        with connection.cursor() as cursor:
            with cursor.copy("COPY legacy_key (key, row) FROM STDIN") as copy:
                for key, row in keys:
                    copy.write_row((key, row))
            cursor.execute("CREATE INDEX ON legacy_key (key)")
            cursor.execute("ANALYZE legacy_key")

    def rows_of(self, keys: Sequence[str]) -> dict[str, list[int]]:
        """The rows of each key that stands in more than one row."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, array_agg(row ORDER BY row) FROM legacy_key WHERE key = ANY(%s)"
                " GROUP BY key HAVING count(*) > 1",
                [list(keys)],
            )
            return dict(cursor.fetchall())

    def known(self, documents: Sequence[LegacyDocument]) -> dict[str, Known]:
        """The known versions of these documents, by the keys of their rows."""
        numbers = [each.number for each in documents if each.number]
        fingerprints = [each.fingerprint for each in documents if each.fingerprint]
        asked = models.Q(number__in=numbers) | models.Q(fingerprint__in=fingerprints)
        newest = LegacyDocument.objects.newest().filter(asked, register=self._source.register)
        found = list(newest.select_related("omission", "source"))
        issued = issued_as([each.origin for each in found])
        return {
            _key(each): Known(
                document=each,
                is_omitted=hasattr(each, "omission"),
                issued_as=issued.get(each.origin, ""),
            )
            for each in found
        }

    def add(self, document: LegacyDocument, known: Known | None) -> None:
        """Add a first version, or one that replaces the known version."""
        if known:
            document.replaces = known.document
            document.first_id = known.document.first_id or known.document.pk
        self._new.append(document)

    def see(self, known: Known) -> None:
        """Note that the reading has a row for a document."""
        self._seen.append(known.document.pk)

    def write(self) -> None:
        """Store what was added and seen since the last call."""
        created = LegacyDocument.objects.bulk_create(self._new)
        seen = [*self._seen, *(each.pk for each in created)]
        self._new, self._seen = [], []
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO legacy_seen SELECT unnest(%s::bigint[])", [seen])

    def omit_others(self) -> int:
        """Omit the documents that have no row now and were not issued, and return how many."""
        omitted = 0
        left_out = self._without_row(issued=False).values_list("pk", flat=True)
        for batch in batched(left_out.iterator(), BATCH):
            omissions = (
                LegacyOmission(document_id=pk, source_id=self._source.pk, at=self._at) for pk in batch
            )
            omitted += len(LegacyOmission.objects.bulk_create(omissions))
        return omitted

    def issued_without_row(self) -> Iterator[tuple[LegacyDocument, str]]:
        """The documents that have no row now and were issued, each with its number."""
        issued = self._without_row(issued=True).order_by("row_number", "pk")
        for batch in batched(issued.iterator(), BATCH):
            numbers = issued_as([document.origin for document in batch])
            yield from ((document, numbers[document.origin]) for document in batch)

    def _without_row(self, *, issued: bool) -> LegacyDocumentQuerySet:
        """The current documents without a row in this reading, either issued or not."""
        first = Cast(Coalesce("first_id", "pk"), models.CharField())
        intents = Intent.objects.annotate(of=Concat(Value("legacy:"), OuterRef("key"))).filter(origin=F("of"))
        seen = RawSQL(
            "EXISTS (SELECT 1 FROM legacy_seen WHERE document = issuance_legacydocument.id)",
            [],
            output_field=models.BooleanField(),
        )
        current = LegacyDocument.objects.current().filter(register=self._source.register)
        return current.annotate(is_seen=seen, key=first, is_issued=Exists(intents)).filter(
            is_seen=False, is_issued=issued
        )


def issued_as(origins: Sequence[str]) -> dict[str, str]:
    """The numbers of the documents that are issued, or whose intents are committed."""
    return dict(Intent.objects.filter(origin__in=origins).values_list("origin", "number"))


def _key(document: LegacyDocument) -> str:
    return f"n:{document.number}" if document.number else f"r:{document.fingerprint}"


def _content(document: LegacyDocument) -> dict[str, Any]:
    """The values of a version, by names that people recognise."""
    content: dict[str, Any] = {"authority": document.source.authority_id}
    for field in _FIELDS:
        value = getattr(document, field)
        if isinstance(value, dict):
            yes_no = {True: "yes", False: "no"}  # as an earlier program kept them
            content |= {
                f"{field}.{name}": yes_no[each] if isinstance(each, bool) else each
                for name, each in value.items()
            }
        elif value is not None:
            content[field] = value
    return content
