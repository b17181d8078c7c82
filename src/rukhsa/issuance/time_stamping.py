"""The client of a time stamping authority: RFC 3161 over HTTP, one connection kept for many stamps."""

import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import httpx
from asn1crypto import cms, core, tsp

from rukhsa.issuance.errors import NotStamped
from rukhsa.outside import believed
from rukhsa.trust import stamp
from rukhsa.trust.errors import BadStamp
from rukhsa.trust.trustlist import TrustList

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
_ANSWER: Final = 64 << 10  # bytes: more is no time stamp
_GRANTED: Final = ("granted", "granted_with_mods")


class _Response(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp (RFC 3161 §2.4.2); the library's own lets no token be absent."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


@dataclass(kw_only=True)
class TimeStampingAuthority:
    """An authority at an address; `policy` is asked for and then required, where it is given.

    A request waits `seconds` at most. One that fails on the way is made `tries` times, the pause doubling; one that
    is refused, or answered wrongly, is not: asking again would not mend it.
    """

    address: str
    policy: str = ""
    seconds: float = 10.0
    tries: int = 3
    pause: float = 0.5

    def __post_init__(self) -> None:
        # No redirect and no proxy of the environment: the address is the operator's.
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
        4. The trust list names the authority, for that moment.
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
                    # The limit of httpx is for each part; a slow drip has one limit for the whole.
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
