"""Time stamps: asked for once a file is signed, without delaying its release, and put beside its signature."""

import logging
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import httpx
from asn1crypto import cms, core, tsp
from django.conf import settings
from django.db import models, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from rukhsa.applications import blobs
from rukhsa.issuance import faults, site
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.intent import SignedFile
from rukhsa.issuance.log import place_of, proof_of
from rukhsa.issuance.signature import beside, signature_of
from rukhsa.jobs import run_later
from rukhsa.outside import believed
from rukhsa.trust import coverage, stamp
from rukhsa.trust.coverage import Coverage
from rukhsa.trust.errors import BadPdf, BadStamp, TrustError
from rukhsa.trust.trustlist import TrustList


class NotStamped(IssuanceError):
    """The file got no time stamp this time and waits on; the code says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class ProofMissing(IssuanceError):
    """The public files cannot be read here, so that a file cannot be given its proof; it is safe in the store."""

    code = "proof-missing"


class WaitingStamp(models.Model):
    """A signed file that has no time stamp yet: a queue, whose rows are deleted."""

    file = models.OneToOneField(SignedFile, models.PROTECT, primary_key=True, related_name="waiting_stamp")


class TimeStamp(models.Model):
    """A third party's time stamp of a file, which is put beside the signature whenever the file is handed out."""

    file = models.OneToOneField(SignedFile, models.PROTECT, related_name="stamp")
    token = models.BinaryField()  # a TimeStampToken (RFC 3161) in DER
    stamped_at = models.DateTimeField()  # as the token says
    at = models.DateTimeField()


QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
_ANSWER: Final = 64 << 10  # bytes: more is no time stamp
_GRANTED: Final = ("granted", "granted_with_mods")


class _Response(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp (RFC 3161 §2.4.2); the library's own lets no token be absent."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


@dataclass(kw_only=True)
class TimeStampingAuthority:
    """A time stamping authority over HTTP (RFC 3161), on one connection; a `policy` is asked for and required.

    A request waits at most `seconds`. One that fails on the way is made up to `tries` times, with pauses that double.
    One that is refused or answered wrongly is not repeated, since the answer would be the same.
    """

    address: str
    policy: str = ""
    seconds: float = 10.0
    tries: int = 3
    pause: float = 0.5

    def __post_init__(self) -> None:
        # No redirect and no proxy of the environment: the operator names the address.
        self._client = httpx.Client(
            timeout=self.seconds,
            follow_redirects=False,
            trust_env=False,
            verify=believed(),
            headers={"Content-Type": QUERY},
        )

    def stamp(self, signature: bytes, *, trust_list: TrustList) -> tuple[bytes, stamp.Stamp]:
        """A TimeStampToken over a signature, in DER, and what it says. Raises NotStamped.

        1. The status is granted.
        2. The token holds and is over this signature.
        3. Nonce and policy are those that were asked for.
        4. The trust list names the authority for that moment.
        """
        nonce = secrets.randbits(63) | 1 << 63
        answer = _Response.load(self._asked(self._query(signature, nonce)))
        try:
            status = answer["status"]["status"].native
            if status not in _GRANTED:  # 1
                raise NotStamped("tsa-refused", f"{status} {answer['status']['fail_info'].native}")
            token = stamp.plain(answer["time_stamp_token"].dump(), signature)
            read = stamp.read(token, signature)  # 2
        except BadStamp as error:
            raise NotStamped(error.code, error.detail) from error
        except (ValueError, TypeError, KeyError) as error:
            raise NotStamped("tsa-unreadable", repr(error)) from error
        if read.nonce != nonce or (self.policy and read.policy != self.policy):  # 3
            raise NotStamped("stamp-of-another", f"nonce or policy ({read.policy})")
        if not read.is_known(trust_list):  # 4
            raise NotStamped(
                "tsa-not-listed", "the trust list does not name it: see docs/operating/time-stamps.md"
            )
        return token, read

    def _query(self, signature: bytes, nonce: int) -> bytes:
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(signature).digest()}
        query = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
        if self.policy:
            query["req_policy"] = self.policy
        written: bytes = tsp.TimeStampReq(query).dump()
        return written

    def _asked(self, query: bytes) -> bytes:
        pause = self.pause
        for left in reversed(range(self.tries)):
            try:
                return self._post(query)
            except NotStamped:
                if not left:
                    raise
            time.sleep(pause)
            pause *= 2
        raise AssertionError("at least one try")

    def _post(self, query: bytes) -> bytes:
        until = time.monotonic() + self.seconds
        try:
            with self._client.stream("POST", self.address, content=query) as answer:
                if answer.status_code != httpx.codes.OK or answer.headers.get("content-type") != REPLY:
                    raise NotStamped("tsa-unavailable", f"HTTP {answer.status_code}, no {REPLY}")
                whole = b""
                for part in answer.iter_bytes():
                    whole += part
                    # The limit of httpx is for each part, and this one for the whole.
                    if len(whole) > _ANSWER or time.monotonic() > until:
                        raise NotStamped("tsa-unavailable", "an answer without an end")
        except httpx.HTTPError as error:
            raise NotStamped("tsa-unavailable", type(error).__name__) from error
        try:
            _Response.load(whole, strict=True)
        except (ValueError, TypeError) as error:
            raise NotStamped("tsa-unavailable", "no answer of a time stamping authority") from error
        return whole

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def stamp_later(files: Sequence[SignedFile]) -> None:
    """Queue the stamping of files that were just signed, in the open transaction; many files share one run."""
    if not files or not settings.RUKHSA_TSA.address:
        return
    WaitingStamp.objects.bulk_create(WaitingStamp(file=file) for file in files)
    todo = ProcrastinateJob.objects.filter(task_name=stamp_files.name, status="todo")
    if not todo.exists():
        # Another worker may queue it at this moment: then that run stamps ours too, or the next one within a minute.
        with suppress(AlreadyEnqueued), transaction.atomic():
            run_later(stamp_files, lock="issuance.stamp", timestamp=0)


@app.periodic(cron="* * * * *")
@app.task(name="issuance.stamp_files", queue="outside", queueing_lock="issuance.stamp", pass_context=False)
def stamp_files(timestamp: int) -> None:
    """Stamp the files that wait. What fails now is tried again within a minute, and nothing waits for it."""
    try:
        stamp_waiting(at=datetime.now(UTC))
    except NotStamped as error:
        logger.warning("files wait for their time stamp: %s", error)


BATCH: Final = 256
AT_ONCE: Final = 4  # connections
# The proof of the file's place goes beside the signature too: for ten million leaves and some witnesses.
ROOM_FOR_PROOF: Final = 2560
logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Stamped:
    file: SignedFile
    token: bytes
    stamped_at: int


def stamp_waiting(*, at: datetime) -> int:
    """Stamp all files that wait, the oldest first, and return how many. Raises NotStamped at the first failure.

    Each is stamped in a transaction of its own. If the process dies, the others wait on, and a stamp that was not kept
    is asked for again.
    """
    listed = site.trust_list()
    if not settings.RUKHSA_TSA.address or listed is None:
        return 0
    authority = TimeStampingAuthority(address=settings.RUKHSA_TSA.address, policy=settings.RUKHSA_TSA.policy)
    try:
        return _stamp_all(authority, listed, at)
    finally:
        authority.close()


def _stamp_all(authority: TimeStampingAuthority, listed: TrustList, at: datetime) -> int:
    done, last = 0, 0
    waiting = WaitingStamp.objects.select_related("file").order_by("file")
    while files := [each.file for each in waiting.filter(file__gt=last)[:BATCH]]:
        last = files[-1].pk
        # The first alone, so that an authority that is down gets one request and not four.
        done += _keep(_asked(authority, listed, files[0]), at)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for stamped in pool.map(lambda file: _asked(authority, listed, file), files[1:]):
                    done += _keep(stamped, at)
            finally:
                pool.shutdown(cancel_futures=True)
    return done


def _asked(authority: TimeStampingAuthority, listed: TrustList, file: SignedFile) -> _Stamped | None:
    """The stamp over a file's signature, which fits into the room kept for it. Raises NotStamped.

    None for a file that is damaged in the store. It is not handed out either, and the others must not wait for it.
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
    """Keep the stamp, unless another worker has: a file that no longer waits has its stamp."""
    if stamped is None:
        return 0
    with faults.step("keep-stamp"), transaction.atomic(durable=True):
        deleted, _ = WaitingStamp.objects.filter(file=stamped.file).delete()
        if deleted:
            TimeStamp.objects.create(
                file=stamped.file,
                token=stamped.token,
                stamped_at=datetime.fromtimestamp(stamped.stamped_at, at.tzinfo),
                at=at,
            )
    return deleted


def handed_out(instrument: Instrument) -> bytes:
    """The released file with the proof of its place in the log and, where it has one, its time stamp.

    Raises blobs.Corrupt, FileNotFoundError, ProofMissing.
    """
    place = place_of(instrument.intent, "file")
    assert place is not None, "an instrument is released when its file stands in the log"
    try:
        proof = proof_of(place)
    except TrustError as error:
        logger.exception("the public files cannot be read")
        raise ProofMissing("the public files, from which the proof is taken, cannot be read here") from error
    stamp = TimeStamp.objects.filter(file__intent=instrument.intent_id).first()
    return completed(
        coverage.read(blobs.fetch(instrument.file_digest)),
        proof=proof,
        stamp=bytes(stamp.token) if stamp else None,
    )


def completed(signed: Coverage, *, proof: str, stamp: bytes | None = None) -> bytes:
    """A signed file with a proof and a stamp beside its signature: nothing that the signature covers changes."""
    return signed.filled(beside(signed.contents, proof=proof.encode(), stamp=stamp))
