"""Publishes a status list when an instrument changed, and every five minutes the lists and logs that are due."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.issuance import clock, sequencer, site, trust_list
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.log import size_of
from rukhsa.issuance.signers import signer
from rukhsa.issuance.status_list import add_decoys, status_list_changes
from rukhsa.trust import statuslist, tlog
from rukhsa.trust.errors import BadStatusList
from rukhsa.trust.tiles import held

logger = logging.getLogger(__name__)
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)
FRESH: Final = timedelta(minutes=30)
OLD: Final = timedelta(hours=6)  # a list says that it ends after 24
ASK_BACK: Final = timedelta(hours=1)  # for what was committed long after its moment
LOCK: Final = 0x737461  # "sta": the class of the advisory locks, one an authority's status lists


class NotAllPublished(IssuanceError):
    """Some lists or logs could not be published; all others were."""

    code = "not-all-published"


class Overtaken(IssuanceError):
    """Another process published this status list meanwhile; the task is run again."""

    code = "overtaken"


def everything(*, at: datetime) -> None:
    """Sign and publish every status list and log again; what fails for one authority stops no other.

    The trust list is only put back where it is missing, since the root signs it offline. Raises NotAllPublished.
    """
    _publish(lambda authority, number: True, at=at)


def what_is_due(*, at: datetime) -> None:
    """Publish as `everything` does, but sign only the status lists that changed since they were, or that grow old.

    The list from which places are given is signed each half hour, so that the log has a young checkpoint; one that is
    full and unchanged, each six hours. Raises NotAllPublished.
    """
    changed = status_list_changes(since=at - OLD - ASK_BACK, at=at)

    def is_due(authority: Authority, number: int) -> bool:
        shown = shown_since(authority.code, number)
        last = _newest_list(authority) == number
        if shown is None or shown <= at - (FRESH if last else OLD):
            return True
        change = changed.get((authority.code, number))
        return change is not None and change > shown - ASK_BACK

    _publish(is_due, at=at)


def _publish(is_due: Callable[[Authority, int], bool], *, at: datetime) -> None:
    trust_list.heal()
    failed: list[str] = []
    for authority in Authority.objects.order_by("ordinal"):
        for number in _lists_of(authority):
            with _apart(f"status list {number} of {authority.code}", failed):
                if is_due(authority, number):
                    status_list(authority, number, at=at)
        with _apart(f"the log of {authority.code}", failed):
            sequencer.integrate(authority, at=at)
    if failed:
        raise NotAllPublished("; ".join(failed))


def _lists_of(authority: Authority) -> Iterator[int]:
    """The numbers of an authority's lists, each found by the index: there are few, and many instruments in each."""
    number = -1
    lists = Intent.objects.filter(authority=authority).order_by("status_list")
    while (
        found := lists.filter(status_list__gt=number).values_list("status_list", flat=True).first()
    ) is not None:
        yield found
        number = found


def _newest_list(authority: Authority) -> int | None:
    lists = Intent.objects.filter(authority=authority).order_by("-status_list")
    return lists.values_list("status_list", flat=True).first()


@contextmanager
def _apart(what: str, failed: list[str]) -> Iterator[None]:
    """Note an error of the house or of the disk, so that the rest is published."""
    try:
        yield
    except (RukhsaError, OSError) as error:
        logger.exception("%s was not published", what)
        failed.append(f"{what}: {error}")


def make_current(intents: Iterable[Intent], *, at: datetime) -> None:
    """Publish those status lists of these intents that are old enough to be signed again."""
    for authority, number in {(intent.authority, intent.status_list) for intent in intents}:
        shown = shown_since(authority.code, number)
        if shown is None or shown < at - FRESH:
            status_list(authority, number, at=at)


def status_list(authority: Authority, number: int, *, at: datetime) -> None:
    """Sign and publish one status list from the facts as they are now.

    Readers refuse a list that is older than one they have seen. So where the clock is behind the published list by
    less than `CLOCK_SKEW`, the new one takes its moment. Raises ClockWentBack beyond that, Overtaken, and
    LogRolledBack: an older database would take revocations back.
    """
    shown = sequencer.shown_size(authority.code)
    sequencer.require_not_behind(authority.code, size_of(authority.code), shown)
    # In a transaction of their own, since the signer reads what is committed.
    with _alone(authority):
        add_decoys(authority, number, at=sequencer.moment_after(shown_since(authority.code, number), at))
    with _alone(authority):
        files, name = site.files(), site.name_of(site.status_address(authority.code, number))
        tokens_shown = {each: held(files, each) for each in (name, f"{name.removesuffix('.cwt')}.jwt")}
        moment = sequencer.moment_after(shown_since(authority.code, number), at)
        tokens = signer().status_list(authority.code, number, at=moment)
        # Never over what another process published since, should this one have lost its lock.
        for (each, known), content in zip(
            tokens_shown.items(), (tokens.cwt, tokens.jwt.encode()), strict=True
        ):
            if not files.swap(each, known, content):
                raise Overtaken(f"{each} was published by another process")
        sequencer.add(authority, kind="status-list", entry=tlog.entry("status-list", tokens.cwt), at=at)


@contextmanager
def _alone(authority: Authority) -> Iterator[None]:
    """A transaction that is alone with an authority's status lists."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s), clock_timestamp()", [LOCK, authority.ordinal]
            )
            clock.require_same(cursor.fetchone()[1])
        yield


def shown_since(authority: str, number: int) -> datetime | None:
    """When the published list says that it was issued; None where no valid one is published."""
    uri = site.status_address(authority, number)
    token = held(site.files(), site.name_of(uri))
    return issued_at(token, uri, authority) if token else None


def issued_at(token: bytes, uri: str, authority: str) -> datetime | None:
    """When a status list says that it was issued; None for one that no key of the authority signed."""
    known = site.keys_of(authority, "status")
    try:
        return _issued_at(token, uri, authority, tuple(key.kid for key in known))
    except BadStatusList:
        return None


@lru_cache(maxsize=64)
def _issued_at(token: bytes, uri: str, authority: str, kids: tuple[bytes, ...]) -> datetime:
    known = site.keys_of(authority, "status")
    read = statuslist.read(token, uri=uri, keys=known)
    return datetime.fromtimestamp(read.issued_at, UTC)


@app.task(name="issuance.publish_status", queue="issuance", retry=_RETRY)
def publish_status(*, authority: str, number: int) -> None:
    """Publish one status list again. Running it twice publishes the same facts twice."""
    status_list(Authority.objects.get(code=authority), number, at=datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="issuance.publish_everything", queue="sweeps", queueing_lock="issuance.publish", pass_context=False
)
def publish_everything(timestamp: int) -> None:
    """Keep trust list, status lists and logs fresh, and restore what is missing."""
    what_is_due(at=datetime.now(UTC))
