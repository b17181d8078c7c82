"""The verdict's numbered duties, asked in order: the first that fails decides, and failing is closed.

0. parse                        4. log inclusion
1. issuer key and its period    5. status and its freshness
2. signature                    6. dates
3. profile and text rules       7. acceptance policy
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from rukhsa.trust import profiles, qr, seal, specimen, statuslist, tlogproof
from rukhsa.trust.errors import (
    BadFacts,
    BadLog,
    BadPdf,
    BadSeal,
    BadSignature,
    BadStatusList,
    BadText,
    Unavailable,
)
from rukhsa.trust.evidence import Logs, StatusLists, read_checkpoint
from rukhsa.trust.policy import SEALED, NotAccepted, Policy
from rukhsa.trust.profiles import Profile
from rukhsa.trust.seal import Seal
from rukhsa.trust.sources import LogSource, StatusSource
from rukhsa.trust.trustlist import Authority, Key, TrustList
from rukhsa.trust.verdict import Verdict

if TYPE_CHECKING:
    from rukhsa.trust.pdf import Released

logger = logging.getLogger(__name__)

CLOCK_SKEW = 300  # seconds that two honest clocks may differ


def verify_seal(
    seal_bytes: bytes,
    *,
    trust_list: TrustList,
    status: StatusSource,
    log: LogSource,
    at: datetime,
    policy: Policy | None = None,
    purpose: str | None = None,
    proof: str | None = None,
) -> Verdict:
    """The verdict on one seal at the moment `at`; see Verifier for many."""
    verifier = Verifier(trust_list=trust_list, status=status, log=log, policy=policy)
    return verifier.verify_seal(seal_bytes, at=at, purpose=purpose, proof=proof)


def verify_pdf(
    data: bytes,
    *,
    trust_list: TrustList,
    status: StatusSource,
    log: LogSource,
    at: datetime,
    policy: Policy | None = None,
    purpose: str | None = None,
    qr_text: str | None = None,
) -> Verdict:
    """The verdict on one released file at the moment `at`; see Verifier for many."""
    verifier = Verifier(trust_list=trust_list, status=status, log=log, policy=policy)
    return verifier.verify_pdf(data, at=at, purpose=purpose, qr_text=qr_text)


class Failed(Exception):
    """A duty was not met: the word and the reason of the verdict."""

    def __init__(self, word: str, reason: str, detail: str = "") -> None:
        super().__init__(word, reason, detail)
        self.word, self.reason, self.detail = word, reason, detail


@dataclass(kw_only=True)
class _Case:
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
    refusal: NotAccepted | None = None

    @property
    def read_seal(self) -> Seal:
        assert self.seal is not None
        return self.seal

    @property
    def issuer(self) -> Authority:
        assert self.authority is not None
        return self.authority


@dataclass(kw_only=True)
class Verifier:
    """Verifies many documents, each status list, checkpoint and tile being checked once."""

    trust_list: TrustList
    status: StatusSource
    log: LogSource
    policy: Policy | None = None

    @cached_property
    def _statuses(self) -> StatusLists:
        return StatusLists(source=self.status)

    @cached_property
    def _logs(self) -> Logs:
        return Logs(source=self.log)

    def verify_seal(
        self, seal_bytes: bytes, *, at: datetime, purpose: str | None = None, proof: str | None = None
    ) -> Verdict:
        """The verdict on the bytes of a seal; `proof` is its tlog-proof, if it came along."""
        return self._verdict(_case(at, seal_bytes=seal_bytes, purpose=purpose, proof=proof))

    def verify_text(self, text: str, *, at: datetime, purpose: str | None = None) -> Verdict:
        """The verdict on the text of a QR, which must name an official host."""
        return self._verdict(_case(at, text=text, purpose=purpose))

    def verify_pdf(
        self, data: bytes, *, at: datetime, purpose: str | None = None, qr_text: str | None = None
    ) -> Verdict:
        """The verdict on a released file; `qr_text` is what its QR was read as, to be compared."""
        return self._verdict(_case(at, file=data, text=qr_text, purpose=purpose))

    def _verdict(self, case: _Case) -> Verdict:
        try:
            for case.duty, duty in enumerate(self._duties):
                duty(case)
        except Failed as failed:
            return self._answer(case, failed)
        except Exception as error:  # whatever breaks, the answer is never "valid"
            logger.exception("the verifier broke at duty %d", case.duty)
            return self._answer(case, Failed("cannot-tell", "fault", type(error).__name__))
        return self._answer(case, None)

    @cached_property
    def _duties(self) -> tuple[Callable[[_Case], None], ...]:
        return (
            self._parse,
            self._know_issuer,
            self._check_signature,
            self._check_profile,
            self._check_log,
            self._check_status,
            self._check_dates,
            self._check_acceptance,
        )

    def _answer(self, case: _Case, failed: Failed | None) -> Verdict:
        rule = case.refusal.rule if case.refusal else None
        return Verdict(
            word=failed.word if failed else "valid",
            reason=failed.reason if failed else "in-force",
            at=case.at,
            failed_duty=case.duty if failed else None,
            asked_acceptance=self.policy is not None,
            claims=case.seal.claims if case.seal and case.authority else None,
            authority=case.authority,
            profile=case.profile,
            status_issued_at=case.status_issued_at,
            log_size=case.log_size,
            detail=failed.detail if failed else "",
            circular=rule.circular if rule else "",
            **({"policy_name": rule.name} if rule else {}),
        )

    def _parse(self, case: _Case) -> None:
        """0. The text, the file and the seal are what they must be."""
        try:
            if case.file is not None:
                from rukhsa.trust import pdf  # slow to import, and not needed for a seal

                case.released = pdf.read(case.file, self.trust_list)
                case.seal_bytes, case.proof = case.released.seal_bytes, case.released.proof
            if case.text is not None:
                self._read_text(case, case.text)
            case.seal = seal.read(case.seal_bytes)
        except (BadText, BadSeal, BadPdf) as error:
            raise Failed("altered", error.code, error.detail) from error

    def _read_text(self, case: _Case, text: str) -> None:
        read = qr.read_qr_text(text)
        if read.host not in self.trust_list.verifiers:
            raise Failed("altered", "foreign-host", read.host)
        if case.file is None:
            case.seal_bytes = read.seal_bytes
        elif case.seal_bytes != read.seal_bytes:
            raise Failed("altered", "pdf-seal-differs")

    def _know_issuer(self, case: _Case) -> None:
        """1. The key is an authority's, for seals, and was in its period when the seal was made."""
        if case.read_seal.kid == specimen.public_key().kid:
            _refuse_specimen(case.read_seal)
        if self._trust_list_ends <= case.seconds:
            raise Failed("cannot-tell", "trust-list-expired", f"version {self.trust_list.version}")
        issued_at = case.read_seal.claims.issued_at
        known = self.trust_list.seal_keys.get(case.read_seal.kid, [])
        case.candidates = [(who, key) for who, key in known if key.period[0] <= issued_at < key.period[1]]
        if not case.candidates:
            raise Failed(
                "altered", "outside-key-period" if known else "unknown-key", case.read_seal.kid.hex()
            )
        if issued_at > case.seconds + CLOCK_SKEW:
            raise Failed("cannot-tell", "issued-in-the-future")

    @cached_property
    def _trust_list_ends(self) -> float:
        return self.trust_list.expires.timestamp()

    def _check_signature(self, case: _Case) -> None:
        """2. One of the keys of that name signed it."""
        signed = case.read_seal.signed_bytes
        for authority, key in case.candidates:
            try:
                key.public.verify(case.read_seal.signature, signed)
            except BadSignature:
                continue
            case.authority, case.key = authority, key
            return
        raise Failed("altered", "bad-signature")

    def _check_profile(self, case: _Case) -> None:
        """3. The facts are of a profile that this authority issues; a file says the same as its seal."""
        claims = case.read_seal.claims
        case.profile = self.trust_list.profiles.get(claims.profile)
        if case.profile is None:
            raise Failed("altered", "unknown-profile", str(claims.profile))
        if claims.profile not in case.issuer.profiles:
            raise Failed("altered", "foreign-profile", case.profile.service)
        try:
            profiles.check(claims.facts, case.profile)
            if case.released is not None:
                case.released.check_agrees(claims, case.issuer)
        except BadFacts as error:
            raise Failed("altered", "bad-facts", str(error)) from error
        except BadPdf as error:
            raise Failed("altered", error.code, error.detail) from error

    def _check_log(self, case: _Case) -> None:
        """4. The seal is in the authority's log, below the size at which its key was compromised."""
        index = case.read_seal.log_index
        if index is None:
            raise Failed("not-registered", "no-log-index")
        if case.proof is not None:
            self._check_proof(case, case.proof, index)
        else:
            self._check_tiles(case, index)
        assert case.key is not None
        end = case.key.compromised_log_size
        if end is not None and index >= end:
            raise Failed("altered", "key-compromised", f"{index} is not below {end}")

    def _check_proof(self, case: _Case, text: str, index: int) -> None:
        try:
            proof = tlogproof.read(text)
            state = read_checkpoint(proof.note, case.issuer)
            proof.check(seal.leaf_entry(case.read_seal), state)
        except BadLog as error:
            raise Failed("altered", "bad-proof", str(error)) from error
        if proof.index != index:
            raise Failed("altered", "bad-proof", "the seal and its proof name different places")
        case.log_size = state.size

    def _check_tiles(self, case: _Case, index: int) -> None:
        try:
            view = self._logs.view(case.issuer)
            case.log_size = view.state.size
            if index < view.state.size and view.holds(seal.leaf_entry(case.read_seal), index):
                return
        except Unavailable as error:
            raise Failed("cannot-tell", "log-unavailable", str(error)) from error
        except BadLog as error:
            rolled_back = error.code in ("log-rolled-back", "bad-consistency")
            raise Failed(
                "cannot-tell", "log-rolled-back" if rolled_back else "bad-log", str(error)
            ) from error
        if index >= view.state.size and view.state.at.timestamp() < case.read_seal.claims.issued_at:
            raise Failed("cannot-tell", "log-behind", f"{index} of {view.state.size}")
        raise Failed("not-registered", "not-in-log", f"{index} of {view.state.size}")

    def _check_status(self, case: _Case) -> None:
        """5. A fresh status list of the authority says how the instrument stands."""
        claims = case.read_seal.claims
        if not claims.status_uri.startswith(case.issuer.status):
            raise Failed("altered", "foreign-status-list", claims.status_uri)
        try:
            status_list = self._statuses.status_list(claims.status_uri, case.issuer, case.seconds)
            status = status_list.get(claims.status_index)
        except Unavailable as error:
            raise Failed("cannot-tell", "status-unavailable", str(error)) from error
        except BadStatusList as error:
            known = error.code.startswith("status-")
            raise Failed("cannot-tell", error.code if known else "bad-status-list", str(error)) from error
        case.status_issued_at = status_list.issued_at
        if status != statuslist.VALID:
            raise Failed(statuslist.NAMES[status], statuslist.NAMES[status])

    def _check_dates(self, case: _Case) -> None:
        """6. Today, where the instrument holds, lies in its validity; its days are both included."""
        claims, today = case.read_seal.claims, profiles.to_days(self._day(case))
        assert case.profile is not None
        first = profiles.fact_in_role(claims.facts, case.profile, "valid-from")
        last = profiles.fact_in_role(claims.facts, case.profile, "valid-until")
        if isinstance(first, int) and today < first:
            raise Failed("not-yet-valid", "before-its-first-day")
        if isinstance(last, int) and today > last:
            raise Failed("expired", "after-its-last-day")
        if claims.expires_at is not None and claims.expires_at <= case.seconds:
            raise Failed("expired", "after-its-last-day")

    def _check_acceptance(self, case: _Case) -> None:
        """7. The relying party's policy takes such a document on this day, for this purpose."""
        if self.policy is None:
            return
        profile = case.read_seal.claims.profile
        try:
            self.policy.accept(SEALED, profile=profile, purpose=case.purpose, on=self._day(case))
        except NotAccepted as error:
            case.refusal = error
            raise Failed("not-accepted", "not-accepted-by-policy", error.detail) from error

    def _day(self, case: _Case) -> date:
        return case.at.astimezone(self.trust_list.zone).date()


def _case(
    at: datetime,
    *,
    seal_bytes: bytes = b"",
    text: str | None = None,
    file: bytes | None = None,
    proof: str | None = None,
    purpose: str | None = None,
) -> _Case:
    if at.tzinfo is None:
        raise ValueError("the moment of a verdict needs its time zone")
    seconds = int(at.timestamp())
    return _Case(
        at=at.astimezone(UTC),
        seconds=seconds,
        seal_bytes=seal_bytes,
        text=text,
        file=file,
        proof=proof,
        purpose=purpose,
    )


def _refuse_specimen(read: Seal) -> None:
    try:
        specimen.public_key().verify(read.signature, read.signed_bytes)
    except BadSignature as error:
        raise Failed("altered", "bad-signature") from error
    raise Failed("specimen", "specimen")
