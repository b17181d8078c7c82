"""Time stamps for signed files, beside the issuing and never in its way: what waits is stamped, once, and kept."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from rukhsa.applications import blobs
from rukhsa.issuance import faults, published
from rukhsa.issuance.cms import beside, signature_of
from rukhsa.issuance.errors import NotStamped
from rukhsa.issuance.models import SignedFile, TimeStamp, WaitingStamp
from rukhsa.issuance.time_stamping import TimeStampingAuthority
from rukhsa.trust import coverage
from rukhsa.trust.errors import BadPdf
from rukhsa.trust.trustlist import TrustList

BATCH: Final = 256
AT_ONCE: Final = 4  # connections
# The proof of the file's place comes beside the signature too: ten million leaves and some witnesses.
ROOM_FOR_PROOF: Final = 2560

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Stamped:
    file: SignedFile
    token: bytes
    stamped_at: int


def wait(files: Sequence[SignedFile]) -> bool:
    """Let files that were just signed wait for their stamps, in the open transaction; False where none is wanted."""
    if not files or not settings.RUKHSA_TSA.address:
        return False
    WaitingStamp.objects.bulk_create(WaitingStamp(file=file) for file in files)
    return True


def stamp_waiting(*, at: datetime) -> int:
    """Stamp what waits, oldest first, until nothing does; gives how many. Raises NotStamped at the first failure.

    A process that dies here has stamped some, each in a transaction of its own; the others wait on. What the
    authority answered and was not kept is asked for again.
    """
    listed = published.trust_list()
    if not settings.RUKHSA_TSA.address or listed is None:
        return 0
    authority = TimeStampingAuthority(address=settings.RUKHSA_TSA.address, policy=settings.RUKHSA_TSA.policy)
    try:
        return _stamp_all(authority, listed, at)
    finally:
        authority.close()


def _stamp_all(authority: TimeStampingAuthority, listed: TrustList, at: datetime) -> int:
    done, last = 0, 0
    while files := _waiting(after=last):
        last = files[-1].pk
        # The first alone: an authority that is down is asked by one and not by four at a time.
        done += _keep(_asked(authority, listed, files[0]), at)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for stamped in pool.map(lambda file: _asked(authority, listed, file), files[1:]):
                    done += _keep(stamped, at)
            finally:
                pool.shutdown(cancel_futures=True)
    return done


def _waiting(*, after: int) -> list[SignedFile]:
    waiting = WaitingStamp.objects.filter(file__gt=after).select_related("file").order_by("file")
    return [each.file for each in waiting[:BATCH]]


def _asked(authority: TimeStampingAuthority, listed: TrustList, file: SignedFile) -> _Stamped | None:
    """The stamp over a file's signature, which fits into the room kept for it. Raises NotStamped.

    None for a file that is damaged in the store: it is not handed out either, and must not keep the others waiting.
    """
    with faults.step("stamp"):
        try:
            contents = coverage.read(blobs.fetch(file.digest)).contents
        except (blobs.Corrupt, OSError, BadPdf) as error:
            logger.error(
                "the file %d waits for its stamp and cannot be read: %s", file.pk, type(error).__name__
            )
            return None
        token, read = authority.stamp(signature_of(contents), trust_list=listed)
        needed = len(beside(contents, stamp=token).rstrip(b"\0")) + ROOM_FOR_PROOF
        if needed > len(contents):
            raise NotStamped("stamp-too-large", f"{len(token)} bytes: see docs/operating/time-stamps.md")
        return _Stamped(file=file, token=token, stamped_at=read.at)


def _keep(stamped: _Stamped | None, at: datetime) -> int:
    if stamped is None:
        return 0
    with faults.step("keep-stamp"):
        return _commit(stamped, at)


@transaction.atomic(durable=True)
def _commit(stamped: _Stamped, at: datetime) -> int:
    """Keep the stamp, if nobody else did meanwhile; what no longer waits has one."""
    deleted, _ = WaitingStamp.objects.filter(file=stamped.file).delete()
    if deleted:
        TimeStamp.objects.create(
            file=stamped.file,
            token=stamped.token,
            stamped_at=datetime.fromtimestamp(stamped.stamped_at, at.tzinfo),
            at=at,
        )
    return deleted
