"""Proposals about an instrument: what one person asks for with reasons, and another approves or refuses."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import models

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, require_reason
from rukhsa.applications.interest import require_no_interest
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.reason import Reason, in_words
from rukhsa.issuance.instrument import application_behind


class InstrumentProposal(Agreement):
    """That an instrument be suspended, revoked or corrected. Each kind has its own table, and names its instrument.

    Who may suspend may propose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reason = models.TextField()  # as told in the language of the application
    note = models.TextField(blank=True)  # the officer's own words in it
    coded = models.ManyToManyField(Reason, related_name="+")

    class Meta(Agreement.Meta):
        abstract = True

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for who applied for the document, or is close to them."""
        application = application_behind(self.instrument)  # type: ignore[attr-defined]
        if application:
            require_no_interest(application, person)


def propose[P: InstrumentProposal](
    proposal: P, note: str, *, coded: Sequence[Reason], actor: Actor, at: datetime
) -> P:
    """Save a proposal about a locked instrument, with its reasons in the language of who holds it.

    Raises NotPermitted, ReasonMissing, UnderWay.
    """
    application = application_behind(proposal.instrument)  # type: ignore[attr-defined]
    language = application.language if application else "ar"
    proposal.reason = require_reason(in_words(coded, note, language))
    proposal.note = note.strip() if coded else ""
    agreement.propose(proposal, permission=Permission.SUSPEND, actor=actor, at=at)
    if coded:
        proposal.coded.add(*coded)
    return proposal
