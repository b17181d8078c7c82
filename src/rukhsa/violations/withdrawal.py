"""The withdrawal of a confirmed violation that was wrong: one person proposes it with a reason, another approves."""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Q

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.delivery.notice import tell
from rukhsa.issuance.instrument import application_behind
from rukhsa.violations.contesting import cancel_fine
from rukhsa.violations.party_notice import PartyNotice, tell_party
from rukhsa.violations.violation import Violation, lock_standing

LONGEST = 400  # characters of a reason


class WithdrawalProposalQuerySet(ScopedQuerySet["WithdrawalProposal"]):
    """Which proposals were not carried out."""

    def refused(self) -> "WithdrawalProposalQuerySet":
        """Those that were refused or taken back, the oldest first."""
        return self.filter(state=State.REFUSED).order_by("decided_at")


class WithdrawalProposal(Agreement):
    """That a confirmed violation be withdrawn, with the reason that its party will read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    violation = models.ForeignKey(Violation, models.PROTECT, related_name="withdrawal_proposals")
    reason = models.CharField(max_length=LONGEST)

    authority_path = "violation__authority"
    objects = WithdrawalProposalQuerySet.as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["violation"], condition=Q(state="proposed"), name="one_withdrawal_waits_a_violation"
            ),
        ]
        indexes = [
            models.Index(fields=["proposed_at"], condition=Q(state="proposed"), name="withdrawals_to_decide")
        ]

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for the party of the violation, and for who is close to it."""
        self.violation.require_no_interest(person)

    def journal_detail(self) -> dict[str, str]:
        """The number of the violation."""
        return {"number": self.violation.number}


class Withdrawal(models.Model):
    """That a confirmed violation was wrong, and why; the violation stays as it was recorded."""

    violation = models.OneToOneField(Violation, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=LONGEST)
    # No one's where one person still withdrew alone, before two were asked for.
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_by=None) | ~Q(proposed_by=F("actor")), name="withdrawn_by_another"
            )
        ]


@transaction.atomic
def propose_withdrawal(
    violation: Violation, reason: str, *, actor: Actor, at: datetime
) -> WithdrawalProposal:
    """Propose to withdraw a confirmed violation; it counts until a second person approves.

    Raises NotPermitted, ReasonMissing, NotStanding, OwnInterest, UnderWay.
    """
    actor.require(Permission.RECORD_VIOLATION, at=violation.scope)
    reason = agreement.require_reason(reason, at_most=LONGEST)
    proposal = WithdrawalProposal(violation=lock_standing(violation), reason=reason)
    return agreement.propose(proposal, permission=Permission.RECORD_VIOLATION, actor=actor, at=at)


@transaction.atomic
def approve_withdrawal(proposal: WithdrawalProposal, *, actor: Actor, at: datetime) -> Withdrawal:
    """Withdraw the violation as a second person: nothing is erased, a fine that is not paid is no longer asked for, and
    the party is told.

    Raises NotPermitted, NotStanding, ProposedByYourself, NotToBeDecided, OwnInterest, and OutcomeUnknown while a
    payment of the fine is under way.
    """
    actor.require(Permission.CONFIRM_VIOLATION, at=proposal.scope)
    violation = lock_standing(proposal.violation)
    agreed = agreement.approve(proposal, permission=Permission.CONFIRM_VIOLATION, actor=actor, at=at)
    made = Withdrawal.objects.create(
        violation=violation, reason=agreed.reason, proposed_by=agreed.proposed_by, actor=actor.person, at=at
    )
    record("withdraw-violation", violation, actor=actor, at=at, number=violation.number)
    cancel_fine(violation, actor=actor, at=at)
    _tell(violation, at)
    return made


def refuse_withdrawal(
    proposal: WithdrawalProposal, reason: str, *, actor: Actor, at: datetime
) -> WithdrawalProposal:
    """Refuse it with a reason, or take it back as its proposer. Raises NotPermitted, ReasonMissing, NotToBeDecided,
    OwnInterest."""
    return agreement.refuse(proposal, reason, permission=Permission.CONFIRM_VIOLATION, actor=actor, at=at)


def waiting_withdrawal(violation: Violation) -> WithdrawalProposal | None:
    """The proposal that waits for a second person."""
    waiting = violation.withdrawal_proposals.filter(state=State.PROPOSED)
    return waiting.select_related("proposed_by").first()


def _tell(violation: Violation, at: datetime) -> None:
    if violation.instrument and (application := application_behind(violation.instrument)):
        tell(application, f"violation-withdrawn:{violation.number}", at=at, number=violation.number)
    else:
        tell_party(violation, PartyNotice.Event.WITHDRAWN, at=at)
