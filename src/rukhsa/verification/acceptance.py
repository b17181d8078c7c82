"""The verdict on a paper document of the previous system, by its register and the acceptance policies."""

from dataclasses import dataclass
from datetime import date, datetime

from rukhsa.catalogue.policies import AcceptancePolicy, DocumentKind
from rukhsa.catalogue.territory import policies, territory
from rukhsa.errors import RukhsaError
from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.trust import words
from rukhsa.trust.verdict import Verdict
from rukhsa.values.names import Text


class NotAccepted(RukhsaError):
    """No policy accepts such a document on that day; `policy` is the one that came nearest, if there is one."""

    code = "not-accepted"

    def __init__(self, policy: AcceptancePolicy | None) -> None:
        super().__init__(policy.id if policy else "no policy")
        self.policy = policy


@dataclass(frozen=True, kw_only=True)
class PaperVerdict(Verdict):
    """A verdict on a paper document. It tells no name and no place, since the number can be guessed."""

    number: str
    kind: str
    issued: str  # as exactly as the register says: 2024-06-15, 2024-06, 2024, or nothing
    accepted_until: date | None

    @property
    def sentence(self) -> Text:
        """The sentence for a number that was found: nothing on the paper itself was examined."""
        return words.paper_sentence(self.word)


def verdict_on(document: LegacyDocument, *, at: datetime) -> PaperVerdict:
    """Whether the paper is accepted on the day of `at`, by which circular and until when."""
    word, reason = "paper", "paper-accepted"
    try:
        found: AcceptancePolicy | None = policy(
            "paper", service=document.service, on=at.astimezone(territory().zone).date()
        )
    except NotAccepted as refused:
        word, reason, found = "not-accepted", "not-accepted-by-policy", refused.policy
    # No duty before the last one is met: there is no signature and no log to look at.
    return PaperVerdict(
        word=word,
        reason=reason,
        at=at,
        failed_duty=0,
        circular=found.id if found else "",
        policy_name=found.circular if found else Text(),
        number=document.number,
        kind=document.kind,
        issued=document.issued,
        accepted_until=found.accept_until if found else None,
    )


def policy(kind: DocumentKind, *, service: str, on: date) -> AcceptancePolicy:
    """The policy by which a document of `kind` for `service` is accepted on a day. Raises `NotAccepted`."""
    of_kind = [each for each in policies() if each.kind == kind]
    fitting = [each for each in of_kind if not each.services or service in each.services]
    for each in fitting:
        if each.accepts(on=on):
            return each
    raise NotAccepted(max(fitting, key=lambda each: each.accept_until or date.max, default=None))
