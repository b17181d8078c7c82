"""Verification: the numbered duties asked in order; the first that fails decides, and failing is closed."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from rukhsa.trust.case import Case, Failed, open_case
from rukhsa.trust.duties import Duties
from rukhsa.trust.errors import Unread, need_files
from rukhsa.trust.evidence import Logs, StatusLists
from rukhsa.trust.memory import Memory
from rukhsa.trust.parsers import Parsers
from rukhsa.trust.policy import Policy
from rukhsa.trust.sources import LogSource, StatusSource
from rukhsa.trust.trustlist import TrustList
from rukhsa.trust.verdict import Verdict
from rukhsa.values.names import Text

logger = logging.getLogger(__name__)
_UNNAMED = Text()


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


@dataclass(kw_only=True)
class Verifier:
    """Verifies many documents, each status list, checkpoint and tile being checked once.

    `looks_at_pages`: the pages of a file are read as well, text and code; the issuer's own gate, which has done so
    already, does not do it twice. `parsers`: what opens files, here or in a process of its own. `memory`: what the
    reader saw before, and will remember; under older lists and logs than those it cannot tell.
    """

    trust_list: TrustList
    status: StatusSource
    log: LogSource
    policy: Policy | None = None
    looks_at_pages: bool = True
    parsers: Parsers = field(default_factory=Parsers)
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def _duties(self) -> Duties:
        return Duties(
            trust_list=self.trust_list,
            statuses=StatusLists(source=self.status, memory=self.memory),
            logs=Logs(source=self.log, memory=self.memory),
            policy=self.policy,
            looks_at_pages=self.looks_at_pages,
            parsers=self.parsers,
            minimum_version=self.memory.version,
        )

    def verify_seal(
        self, seal_bytes: bytes, *, at: datetime, purpose: str | None = None, proof: str | None = None
    ) -> Verdict:
        """The verdict on the bytes of a seal; `proof` is its tlog-proof, if it came along."""
        return self._verdict(open_case(at, seal_bytes=seal_bytes, purpose=purpose, proof=proof))

    def verify_text(
        self, text: str, *, at: datetime, purpose: str | None = None, proof: str | None = None
    ) -> Verdict:
        """The verdict on the text of a QR, which must name an official host; `proof` as of a seal."""
        return self._verdict(open_case(at, text=text, purpose=purpose, proof=proof))

    def verify_pdf(
        self, data: bytes, *, at: datetime, purpose: str | None = None, qr_text: str | None = None
    ) -> Verdict:
        """The verdict on a released file; `qr_text` is what its QR was read as, to be compared.

        Raises MissingExtra where the packages to read files are not installed, Unread as its parsers do.
        """
        need_files("a released file")
        return self._verdict(open_case(at, file=data, text=qr_text, purpose=purpose))

    def _verdict(self, case: Case) -> Verdict:
        try:
            for case.duty, duty in enumerate(self._duties.in_order):
                duty(case)
        except Failed as failed:
            return self._answer(case, failed)
        except Unread:
            raise  # no verdict: the same file may be read another time
        except Exception as error:  # an unexpected failure is never "valid"
            logger.exception("the verifier broke at duty %d", case.duty)
            return self._answer(case, Failed("cannot-tell", "fault", type(error).__name__))
        return self._answer(case, None)

    def _answer(self, case: Case, failed: Failed | None) -> Verdict:
        rule = case.refusal.rule if case.refusal else None
        stamp, stamped_at = self._stamp(case)
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
            witnessed=case.witnessed,
            detail=failed.detail if failed else "",
            circular=rule.circular if rule else "",
            stamp=stamp,
            stamped_at=stamped_at,
            policy_name=rule.name if rule else _UNNAMED,
        )

    def _stamp(self, case: Case) -> tuple[str | None, int | None]:
        """What a file's time stamp is worth, and its moment; nothing where the seal does not hold."""
        if case.released is None or case.authority is None:
            return None, None
        stamp = case.released.stamp
        if stamp is None:
            return "not-stamped", None
        if not stamp.is_known(self.trust_list):
            return "unknown-authority", None
        return "stamped", stamp.at
