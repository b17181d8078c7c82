"""One document under examination: what was handed in, and what the duties have found so far."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rukhsa.trust.policy import NotAccepted
from rukhsa.trust.profiles import Profile
from rukhsa.trust.seal import Seal
from rukhsa.trust.trustlist import Authority, Key

if TYPE_CHECKING:
    from rukhsa.trust.pdf import Released

CLOCK_SKEW = 300  # seconds that two honest clocks, or an honest copy of the log, may differ


class Failed(Exception):
    """A duty was not met: the word and the reason of the verdict."""

    def __init__(self, word: str, reason: str, detail: str = "") -> None:
        super().__init__(word, reason, detail)
        self.word, self.reason, self.detail = word, reason, detail


@dataclass(kw_only=True)
class Case:
    """One document under examination: what was handed in, and what the duties found."""

    at: datetime
    seconds: int
    seal_bytes: bytes = b""
    text: str | None = None
    file: bytes | None = None
    proof: str | None = None
    purpose: str | None = None
    duty: int = 0
    seal: Seal | None = None
    released: "Released | None" = None
    authority: Authority | None = None
    key: Key | None = None
    profile: Profile | None = None
    candidates: list[tuple[Authority, Key]] = field(default_factory=list)
    status_issued_at: int | None = None
    log_size: int | None = None
    witnessed: bool | None = None  # None where the authority wants no witnesses, or it was not reached
    refusal: NotAccepted | None = None

    @property
    def read_seal(self) -> Seal:
        assert self.seal is not None
        return self.seal

    @property
    def issuer(self) -> Authority:
        assert self.authority is not None
        return self.authority


def open_case(
    at: datetime,
    *,
    seal_bytes: bytes = b"",
    text: str | None = None,
    file: bytes | None = None,
    proof: str | None = None,
    purpose: str | None = None,
) -> Case:
    """A case at the moment `at`, which has a time zone."""
    if at.tzinfo is None:
        raise ValueError("the moment of a verdict needs its time zone")
    return Case(
        at=at.astimezone(UTC),
        seconds=int(at.timestamp()),
        seal_bytes=seal_bytes,
        text=text,
        file=file,
        proof=proof,
        purpose=purpose,
    )
