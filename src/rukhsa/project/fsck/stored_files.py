"""Reads every stored file that a row names, and every file of the logs: whether each is there with its bytes.

A file is written before the row that names it is committed, and never changes: whatever a copy of the database names
must be in a copy of the files that was taken after it. A few thousand rows and pieces of four files are in memory at
a time, whatever the register holds.
"""

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db import models

from rukhsa.applications import blobs
from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.issuance.rebuilding import Rebuilt, rebuild
from rukhsa.personal.erasure import FILES

# Which columns name stored files; tests/project/test_fsck_files.py holds this against all columns of that name.
HOLDERS: Final[dict[str, tuple[str, ...]]] = {
    # A released document is the file that was signed: the rule document-is-sealed-and-signed compares.
    "issuance.signedfile": ("digest",),
    "applications.attachment": ("digest", "shown_digest"),
    "applications.picturecopy": ("shown_digest",),
    "batches.batch": ("digest",),
    "batches.batchfile": ("digest",),
    "consents.deed": ("digest", "shown_digest"),
    "correspondence.enclosure": ("digest", "shown_digest"),
    "payments.depositmovement": ("photos",),
    "payments.forfeiture": ("photos",),
    "review.casefile": ("digest", "shown_digest"),
    "review.inspectionreport": ("photos",),
    "review.minutes": ("digest",),
    "review.opinionfile": ("digest", "shown_digest"),
    "review.sittingminutes": ("digest",),
    "review.sittingpapers": ("composed_digest", "digest"),
    "rounds.fieldphoto": ("digest", "shown_digest"),
    "violations.evidence": ("digest",),
}
AT_ONCE: Final = 4
A_READ: Final = 2000  # rows
PIECE: Final = 1 << 20  # bytes
MOST_KEPT: Final = 1000  # findings; more are counted
SECONDS_FOR_TILES: Final = 5  # a tile follows the commit of its rows


@dataclass(kw_only=True)
class Stored:
    """What was read, and what is wrong: `(code, subject)`, the first thousand of `faults`."""

    files: int = 0
    size: int = 0  # bytes
    logs: list[Rebuilt] = field(default_factory=list)
    faults: int = 0
    found: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    def fault(self, code: str, subject: str) -> None:
        """Note one thing that is wrong."""
        self.faults += 1
        if len(self.found) < MOST_KEPT:
            self.found.append((code, subject))

    def as_json(self) -> dict[str, Any]:
        """The findings as JSON."""
        return {
            "files": self.files,
            "bytes": self.size,
            "tiles": {log.authority: log.equal for log in self.logs},
            "seconds": round(self.seconds, 1),
            "faults": self.faults,
            "found": [{"code": code, "subject": subject} for code, subject in self.found],
        }


def look() -> Stored:
    """Read all files and logs."""
    stored, began = Stored(), time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for label, column in ((label, column) for label, columns in HOLDERS.items() for column in columns):
            for rows in _rows(label, column):
                _read(pool, stored, label, column, rows)
    for authority in Authority.objects.order_by("code"):
        _read_log(stored, authority)
    stored.seconds = time.monotonic() - began
    return stored


def _read(
    pool: ThreadPoolExecutor, stored: Stored, label: str, column: str, rows: list[tuple[Any, str]]
) -> None:
    for (key, digest), (fault, size) in zip(rows, pool.map(lambda row: _examine(row[1]), rows), strict=True):
        stored.files += 1
        stored.size += size
        # One that was erased since its row was read is no fault.
        if fault and _is_named(label, column, key):
            stored.fault(fault, f"{label} {key}: {digest}")


def _examine(digest: str) -> tuple[str, int]:
    """What is wrong with a stored file, or nothing, and its size."""
    found, size = hashlib.sha256(), 0
    try:
        with blobs.open_file(digest) as file:
            while piece := file.read(PIECE):
                found.update(piece)
                size += len(piece)
    except FileNotFoundError:
        return "file-missing", 0
    except OSError:
        return "file-unreadable", size
    return ("" if found.hexdigest() == digest else "file-differs"), size


def _rows(label: str, column: str) -> Iterator[list[tuple[Any, str]]]:
    """The keys of the rows of a table with the digests that a column names, some thousand at a time."""
    rows, last = _unerased(label).order_by("pk"), None
    while True:
        some = rows.filter(pk__gt=last) if last is not None else rows
        read = list(some.values_list("pk", column)[:A_READ])
        if not read:
            return
        last = read[-1][0]
        yield [(key, digest) for key, value in read for digest in _digests(value)]


def _digests(value: Any) -> list[str]:
    named = value if isinstance(value, list) else [value]
    return [digest for digest in named if digest]


def _is_named(label: str, column: str, key: Any) -> bool:
    return any(map(_digests, _unerased(label).filter(pk=key).values_list(column, flat=True)))


def _unerased(label: str) -> "models.QuerySet[Any]":
    rows: models.QuerySet[Any] = apps.get_model(label)._default_manager.all()
    way = FILES.get(label)
    return rows.filter(**{f"{way[1]}__erasure": None}) if way else rows


def _read_log(stored: Stored, authority: Authority) -> None:
    try:
        log = rebuild(authority, writes=False)
        if log.missing:
            time.sleep(SECONDS_FOR_TILES)
            log = rebuild(authority, writes=False)
    except RukhsaError as error:
        stored.fault("log-differs", f"{authority.code}: {error.code}")
        return
    stored.logs.append(log)
    for code, number in (("tiles-missing", log.missing), ("tiles-differ", log.other)):
        if number:
            stored.fault(code, f"{authority.code}: {number}")
