"""Publishes the status lists when something changed, and everything by the clock."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.authorities.models import Authority
from rukhsa.issuance import sequencer, site, trust_list
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.signers import STATUS_TTL, signer
from rukhsa.issuance.status_list import add_decoys
from rukhsa.trust import statuslist, tlog
from rukhsa.trust.errors import BadStatusList
from rukhsa.trust.tiles import write_durably

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)
LOCK: Final = 0x737461  # "sta": the class of the advisory locks, one an authority's status lists


def everything(*, at: datetime) -> None:
    """Publish status lists and logs anew; called by the clock, so that nothing grows old.

    The trust list is only put back where it is missing: the root signs it elsewhere.
    """
    trust_list.heal()
    for authority in Authority.objects.order_by("ordinal"):
        numbers = Intent.objects.filter(authority=authority).values_list("status_list", flat=True)
        for number in sorted(set(numbers.distinct())):
            status_list(authority, number, at=at)
        sequencer.integrate(authority, at=at)


def make_current(intents: Iterable[Intent], *, at: datetime) -> None:
    """See to it that the status lists of these intents are fresh."""
    for authority, number in {(intent.authority, intent.status_list) for intent in intents}:
        shown = _shown_since(authority.code, number)
        if shown is None or shown < at - STATUS_TTL:
            status_list(authority, number, at=at)


def status_list(authority: Authority, number: int, *, at: datetime) -> None:
    """Sign and publish one status list from the facts as they are now.

    A list never says that it is older than the one it replaces, which readers who saw that one would refuse: within
    `CLOCK_SKEW` it takes that one's moment. Raises ClockWentBack beyond.
    """
    # First by themselves: the signer reads what is committed.
    with _alone(authority):
        add_decoys(authority, number, at=sequencer.moment_after(_shown_since(authority.code, number), at))
    with _alone(authority):
        moment = sequencer.moment_after(_shown_since(authority.code, number), at)
        tokens = signer().status_list(authority.code, number, at=moment)
        path = site.path_of(site.status_address(authority.code, number))
        _write(path, tokens.cwt)
        _write(path.with_suffix(".jwt"), tokens.jwt.encode())
        sequencer.add(authority, kind="status-list", entry=tlog.entry("status-list", tokens.cwt), at=at)


@contextmanager
def _alone(authority: Authority) -> Iterator[None]:
    """A transaction that is alone with an authority's status lists."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, authority.ordinal])
        yield


def _shown_since(authority: str, number: int) -> datetime | None:
    """When the list that readers have now was issued, as it says itself; None where there is none that holds."""
    uri = site.status_address(authority, number)
    try:
        token = site.path_of(uri).read_bytes()
        known = site.keys_of(site.authority(authority).id, "status")
        return _issued_at(token, uri, authority, tuple(key.kid for key in known))
    except (FileNotFoundError, BadStatusList):
        return None  # then it is published anew


@lru_cache(maxsize=64)
def _issued_at(token: bytes, uri: str, authority: str, kids: tuple[bytes, ...]) -> datetime:
    known = site.keys_of(site.authority(authority).id, "status")
    read = statuslist.read(token, uri=uri, keys=known)
    return datetime.fromtimestamp(read.issued_at, UTC)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, content)


@app.task(name="issuance.publish_status", queue="issuance", retry=_RETRY)
def publish_status(*, authority: str, number: int) -> None:
    """Publish one status list anew; running it twice publishes the same facts twice."""
    status_list(Authority.objects.get(code=authority), number, at=datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="issuance.publish_everything", queue="issuance", queueing_lock="issuance.publish", pass_context=False
)
def publish_everything(timestamp: int) -> None:
    """Keep trust list, status lists and logs fresh, and heal what was lost on the way."""
    everything(at=datetime.now(UTC))
