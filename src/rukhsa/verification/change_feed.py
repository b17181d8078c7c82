"""The feed of changes for a relying agency: what happened to the documents that it asked about, since a cursor."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection, models

from rukhsa.authorities.models import Agency
from rukhsa.errors import RukhsaError

A_PAGE: Final = 500
# A change is told once the transaction that wrote it has surely ended: one that commits later is never passed over.
SETTLED: Final = timedelta(minutes=1)


class CursorUnreadable(RukhsaError):
    """The cursor is none that the feed gave."""

    code = "cursor-unreadable"


class Watched(models.Model):
    """That an agency asked about a document by its number and code, so that it is told of its changes."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "number"], name="watched_once")]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened to a version of a document, and where its signed status stands: place `index` of `status_list`."""

    what: str  # suspended, reinstated, revoked, closed, superseded
    number: str
    version: int
    authority: str
    status_list: int
    index: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Feed:
    """Changes in their order, the cursor after the last of them, and whether there are more."""

    changes: tuple[Change, ...]
    cursor: str
    has_more: bool

    @property
    def as_json(self) -> dict[str, Any]:
        """As it is asked for and as it is sent (docs/formats/relying.md)."""
        changes = [asdict(each) | {"at": each.at.isoformat()} for each in self.changes]
        return {"changes": changes, "cursor": self.cursor, "has_more": self.has_more}


def cursor_at(at: datetime) -> str:
    """The cursor after everything that happened before a moment."""
    return f"{at.timestamp():.6f}~"


def watch(agency: str, numbers: Iterable[str], *, at: datetime) -> None:
    """Tell the agency from now on of what happens to these documents; again changes nothing."""
    rows = [Watched(agency_id=agency, number=number, since=at) for number in sorted(set(numbers))]
    Watched.objects.bulk_create(rows, ignore_conflicts=True)


def changes_since(agency: str, cursor: str, *, at: datetime) -> Feed:
    """What happened after the cursor, at most a page; an empty cursor is the beginning. Raises CursorUnreadable.

    One statement, whatever the register holds: it begins with what the agency asked about.
    """
    after, number = _read(cursor)
    until = at - SETTLED
    with connection.cursor() as database:
        database.execute(_STATEMENT, [agency, after, number, until, A_PAGE + 1])
        rows = database.fetchall()
    shown = rows[:A_PAGE]
    changes = tuple(
        Change(
            what=what,
            number=number,
            version=version,
            authority=authority,
            status_list=place,
            index=index,
            at=when,
        )
        for when, _key, what, number, version, authority, place, index in shown
    )
    last = cursor_at(shown[-1][0]) + shown[-1][1] if shown else cursor
    return Feed(changes=changes, cursor=last, has_more=len(rows) > A_PAGE)


def _read(cursor: str) -> tuple[datetime, str]:
    if not cursor:
        return datetime(1970, 1, 1, tzinfo=UTC), ""
    try:
        moment, _tilde, key = cursor.partition("~")
        return datetime.fromtimestamp(float(moment), UTC), key
    except (ValueError, OverflowError, OSError):
        raise CursorUnreadable(cursor[:40]) from None


_STATEMENT: Final = """
WITH ours AS (
    SELECT instrument.id, intent.number, intent.version, intent.authority_id, intent.status_list,
           intent.status_index, intent.supersedes_id, instrument.released_at
    FROM verification_watched AS watched
    JOIN issuance_intent AS intent ON intent.number = watched.number
    JOIN issuance_instrument AS instrument ON instrument.intent_id = intent.id
    WHERE watched.agency_id = %s
), happened AS (
    SELECT instrument_id, at, 'suspended' AS what FROM issuance_suspension
    UNION ALL
    SELECT suspension.instrument_id, ended.at, 'reinstated'
    FROM issuance_reinstatement AS ended JOIN issuance_suspension AS suspension ON suspension.id = ended.suspension_id
    UNION ALL SELECT instrument_id, at, 'revoked' FROM issuance_revocation
    UNION ALL SELECT instrument_id, at, 'closed' FROM issuance_closure
    UNION ALL SELECT supersedes_id, released_at, 'superseded' FROM ours WHERE supersedes_id IS NOT NULL
), told AS (
    SELECT happened.at, ours.number || ':' || ours.version || ':' || happened.what AS key, happened.what,
           ours.number, ours.version, ours.authority_id, ours.status_list, ours.status_index
    FROM ours JOIN happened ON happened.instrument_id = ours.id
)
SELECT * FROM told WHERE (at, key) > (%s, %s) AND at <= %s ORDER BY at, key LIMIT %s
"""
