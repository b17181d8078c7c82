"""The verdict's numbered duties: each is met, or raises Failed with the word and the reason of the verdict.

0. parse                        4. log inclusion
1. issuer key and its period    5. status and its freshness
2. signature                    6. dates
3. profile and text rules       7. acceptance policy
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from rukhsa.trust import profiles, qr, seal, specimen, statuslist, tlogproof
from rukhsa.trust.case import CLOCK_SKEW, Case, Failed
from rukhsa.trust.errors import (
    BadFacts,
    BadLog,
    BadPdf,
    BadSeal,
    BadSignature,
    BadStatusList,
    BadText,
    TrustError,
    Unavailable,
)
from rukhsa.trust.evidence import Logs, StatusLists
from rukhsa.trust.inclusion import Inclusion
from rukhsa.trust.marks import Marks
from rukhsa.trust.parsers import Parsers
from rukhsa.trust.policy import SEALED, NotAccepted, Policy
from rukhsa.trust.seal import Seal
from rukhsa.trust.trustlist import TrustList

if TYPE_CHECKING:
    from rukhsa.trust.pdf import Released


@dataclass(kw_only=True)
class Duties:
    """The duties, with what they ask: trust list, status lists, logs, policy."""

    trust_list: TrustList
    statuses: StatusLists
    logs: Logs
    policy: Policy | None
    looks_at_pages: bool = True
    parsers: Parsers = field(default_factory=Parsers)
    minimum_version: int = 0  # the highest version of the trust list that this reader remembers

    @cached_property
    def in_order(self) -> tuple[Callable[[Case], None], ...]:
        """The eight duties, 0 to 7."""
        return (
            self.parse,
            self.know_issuer,
            self.check_signature,
            self.check_profile,
            self.check_log,
            self.check_status,
            self.check_dates,
            self.check_acceptance,
        )

    def parse(self, case: Case) -> None:
        """0. The text, the file and the seal are what they must be."""
        try:
            if case.file is not None:
                from rukhsa.trust import pdf  # slow to import, and not needed for a seal

                case.released = pdf.read(case.file, self.trust_list, opened=self.parsers.attached)
                case.seal_bytes, case.proof = case.released.seal_bytes, case.released.proof
            if case.text is not None:
                self._read_text(case, case.text)
            case.seal = seal.read(case.seal_bytes)
        except (BadText, BadSeal, BadPdf) as error:
            raise self._refusal(case, error) from error

    def _refusal(self, case: Case, error: TrustError) -> Failed:
        """Altered where it claims to be ours, or a key of ours signed the file; else not one of ours."""
        if case.text is not None and (host := self._marks.imitated_in(case.text)):
            return Failed("altered", "foreign-host", host)
        if case.released is not None or self._claims_to_be_ours(case):
            return Failed("altered", error.code, error.detail)
        return Failed("not-ours", _strangers_reason(case, error), error.detail)

    def _claims_to_be_ours(self, case: Case) -> bool:
        if case.text is not None and self._marks.in_text(case.text):
            return True
        if case.file is not None:
            return self._marks.in_file(case.file)
        return case.text is None and self._marks.in_bytes(case.seal_bytes)

    @cached_property
    def _marks(self) -> Marks:
        return Marks(trust_list=self.trust_list)

    def _read_text(self, case: Case, text: str) -> None:
        read = qr.read_qr_text(text)
        if read.host not in self.trust_list.verifiers:
            raise BadText("foreign-host", read.host)
        if case.file is None:
            case.seal_bytes = read.seal_bytes
        elif case.seal_bytes != read.seal_bytes:
            raise BadPdf("pdf-seal-differs")

    def know_issuer(self, case: Case) -> None:
        """1. The key is an authority's, for seals, and was in its period when the seal was made."""
        if case.read_seal.kid == specimen.public_key().kid:
            _refuse_specimen(case.read_seal)
        if self.trust_list.version < self.minimum_version:
            raise Failed(
                "cannot-tell",
                "trust-list-rolled-back",
                f"version {self.trust_list.version}, and {self.minimum_version} was seen before",
            )
        if self._trust_list_ends <= case.seconds:
            raise Failed("cannot-tell", "trust-list-expired", f"version {self.trust_list.version}")
        issued_at = case.read_seal.claims.issued_at
        known = self.trust_list.seal_keys.get(case.read_seal.kid, [])
        case.candidates = [(who, key) for who, key in known if key.period[0] <= issued_at < key.period[1]]
        if not case.candidates:
            raise self._no_key(case, "outside-key-period" if known else "unknown-key")
        if issued_at > case.seconds + CLOCK_SKEW:
            raise Failed("cannot-tell", "issued-in-the-future")

    def _no_key(self, case: Case, reason: str) -> Failed:
        """A code at our address and a file that we signed claim to be ours; of a seal alone, its marks say it."""
        kid = case.read_seal.kid.hex()
        if case.text is None and case.file is None and not self._marks.in_bytes(case.seal_bytes):
            return Failed("not-ours", "other-seal", kid)
        return Failed("altered", reason, kid)

    @cached_property
    def _trust_list_ends(self) -> float:
        return self.trust_list.expires.timestamp()

    def check_signature(self, case: Case) -> None:
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

    def check_profile(self, case: Case) -> None:
        """3. The facts are of a profile that this authority issues; a file says the same as its seal."""
        claims = case.read_seal.claims
        profile = self.trust_list.profiles.get(claims.profile)
        if profile is None:
            raise Failed("altered", "unknown-profile", str(claims.profile))
        if claims.profile not in case.issuer.profiles:
            raise Failed("altered", "foreign-profile", profile.service)
        try:
            profiles.check(claims.facts, profile)
            case.profile = profile  # facts that do not meet it could not be shown by it
            if case.released is not None:
                case.released.check_agrees(claims, case.issuer)
        except BadFacts as error:
            raise Failed("altered", "bad-facts", str(error)) from error
        except BadPdf as error:
            raise Failed("altered", error.code, error.detail) from error

    def check_log(self, case: Case) -> None:
        """4. The seal is in the authority's log, below the size at which its key was compromised."""
        index = case.read_seal.log_index
        if index is None:
            raise Failed("not-registered", "no-log-index")
        self._inclusion.check(case, index)
        assert case.key is not None
        end = case.key.compromised_log_size
        if end is not None and index >= end:
            raise Failed("altered", "key-compromised", f"{index} is not below {end}")
        if case.released is not None:
            self._check_file(case, case.released)

    @cached_property
    def _inclusion(self) -> Inclusion:
        return Inclusion(logs=self.logs)

    def _check_file(self, case: Case, released: "Released") -> None:
        """The file itself is in the log, by the proof beside its signature; only then its page is looked at."""
        if released.file_proof is None:
            raise Failed("not-registered", "pdf-not-in-log")
        _check_written(released.file_proof)
        place = self._inclusion.proved(case, released.file_proof, released.leaf_entry)
        try:
            released.check_logged_at(place, case.read_seal.claims, case.issuer)
        except BadPdf as error:
            raise Failed("altered", error.code, error.detail) from error
        if self.looks_at_pages:
            self._look_at_page(case, released)

    def _look_at_page(self, case: Case, released: "Released") -> None:
        assert case.profile is not None
        try:
            page = self.parsers.printed(released.data)
            page.check_says(case.read_seal.claims, case.profile)
            page.check_shows(case.seal_bytes, self.trust_list.verifiers)
        except BadPdf as error:
            raise Failed("altered", error.code, error.detail) from error

    def check_status(self, case: Case) -> None:
        """5. A fresh status list of the authority says how the instrument stands."""
        claims = case.read_seal.claims
        if not claims.status_uri.startswith(case.issuer.status):
            raise Failed("altered", "foreign-status-list", claims.status_uri)
        try:
            status_list = self.statuses.status_list(claims.status_uri, case.issuer)
            case.status_issued_at = status_list.issued_at  # also given for a list that is too old
            statuslist.check_fresh(status_list, at=case.seconds)
            status = status_list.get(claims.status_index)
        except Unavailable as error:
            raise Failed("cannot-tell", "status-unavailable", str(error)) from error
        except BadStatusList as error:
            known = error.code.startswith("status-")
            raise Failed("cannot-tell", error.code if known else "bad-status-list", str(error)) from error
        if status != statuslist.VALID:
            raise Failed(statuslist.NAMES[status], statuslist.NAMES[status])

    def check_dates(self, case: Case) -> None:
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

    def check_acceptance(self, case: Case) -> None:
        """7. The relying party's policy takes such a document on this day, for this purpose."""
        if self.policy is None:
            return
        profile = case.read_seal.claims.profile
        try:
            self.policy.accept(SEALED, profile=profile, purpose=case.purpose, on=self._day(case))
        except NotAccepted as error:
            case.refusal = error
            raise Failed("not-accepted", "not-accepted-by-policy", error.detail) from error

    def _day(self, case: Case) -> date:
        return case.at.astimezone(self.trust_list.zone).date()


def _check_written(proof: str) -> None:
    """The file's signature does not cover the proof, so the proof has one valid form: no byte of it can be changed."""
    try:
        written = tlogproof.read(proof).written
    except BadLog as error:
        raise Failed("altered", "bad-proof", str(error)) from error
    if proof != written:
        raise Failed("altered", "bad-proof", "extra data")


def _refuse_specimen(read: Seal) -> None:
    try:
        specimen.public_key().verify(read.signature, read.signed_bytes)
    except BadSignature as error:
        raise Failed("altered", "bad-signature") from error
    raise Failed("specimen", "specimen")


def _strangers_reason(case: Case, error: TrustError) -> str:
    """Why something that bears no mark of ours is not one of ours."""
    if case.file is not None:
        signed = case.file.startswith(b"%PDF-") and b"/ByteRange" in case.file
        return "other-signature" if signed else "other-file"
    if case.text is None:
        return "other-seal"
    return "other-address" if error.code == "foreign-host" else "other-code"
