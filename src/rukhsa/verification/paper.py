"""The verdict on a paper document of before: it has no seal, so only a register and a policy speak for it."""

from dataclasses import dataclass
from datetime import date, datetime

from rukhsa.catalogue.policies import AcceptancePolicy
from rukhsa.issuance.legacy.document import LegacyDocument
from rukhsa.trust import words
from rukhsa.trust.verdict import Verdict
from rukhsa.values.names import Text
from rukhsa.verification import acceptance
from rukhsa.verification.evidence import time_zone


@dataclass(frozen=True, kw_only=True)
class PaperVerdict(Verdict):
    """A verdict with what may be told of a paper document: no name and no place, since its number can be guessed."""

    number: str
    kind: str
    issued: str  # as exactly as the register says: 2024-06-15, 2024-06, 2024, or nothing
    accepted_until: date | None

    @property
    def sentence(self) -> Text:
        """Of paper only the number was found: nothing was examined that could be genuine."""
        return words.paper_sentence(self.word)


def verdict_on(document: LegacyDocument, *, at: datetime) -> PaperVerdict:
    """Whether the paper is taken on the day of `at`, by which circular and until when."""
    try:
        policy = acceptance.policy("paper", service=document.service, on=at.astimezone(time_zone()).date())
    except acceptance.NotAccepted as refused:
        return _verdict(document, "not-accepted", "not-accepted-by-policy", refused.policy, at)
    return _verdict(document, "paper", "paper-accepted", policy, at)


def _verdict(
    document: LegacyDocument, word: str, reason: str, policy: AcceptancePolicy | None, at: datetime
) -> PaperVerdict:
    # No duty before the last one is met: there is nothing to read, no signature and no log.
    return PaperVerdict(
        word=word,
        reason=reason,
        at=at,
        failed_duty=0,
        circular=policy.id if policy else "",
        policy_name=policy.circular if policy else Text(),
        number=document.number,
        kind=document.kind,
        issued=document.issued,
        accepted_until=policy.accept_until if policy else None,
    )
