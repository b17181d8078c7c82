"""Acceptance policies of the territory: which kinds of documents are taken, until when, by which circular."""

from datetime import date

from rukhsa.catalogue.policies import AcceptancePolicy, DocumentKind
from rukhsa.catalogue.territory import policies
from rukhsa.errors import RukhsaError


class NotAccepted(RukhsaError):
    """No policy takes such a document on that day; `policy` is the one that came nearest, where there is one."""

    code = "not-accepted"

    def __init__(self, policy: AcceptancePolicy | None) -> None:
        super().__init__(policy.id if policy else "no policy")
        self.policy = policy


def policy(kind: DocumentKind, *, service: str, on: date) -> AcceptancePolicy:
    """The policy by which a document of `kind` for `service` is taken on a day. Raises `NotAccepted`."""
    of_kind = [each for each in policies() if each.kind == kind]
    speaking = [each for each in of_kind if not each.services or service in each.services]
    for each in speaking:
        if each.accepts(on=on):
            return each
    raise NotAccepted(max(speaking, key=lambda each: each.accept_until or date.max, default=None))
