"""Resolutions: how a payment in doubt ended by the gateway's statement, read by one person, approved by another."""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, NotToBeDecided, State
from rukhsa.applications.interest import require_no_interest
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.payments.attempt import Attempt
from rukhsa.payments.errors import ReferenceMissing
from rukhsa.payments.gateways.port import Fate, GatewayReport
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.outcome import advance_all, record


class Resolution(Agreement):
    """Whether a payment in doubt was captured, by a line of the gateway's statement."""

    class Outcome(models.TextChoices):
        CAPTURED = "captured"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="resolutions")
    outcome = models.CharField(max_length=8, choices=Outcome)
    statement = models.CharField(max_length=80)  # which statement, and where in it

    authority_path = "attempt__charge__application__authority"

    objects = ScopedQuerySet["Resolution"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(state="proposed"), name="one_resolution_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(statement=""), name="resolved_by_a_statement"),
        ]

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for who applied, or is close to them."""
        require_no_interest(self.attempt.charge.application, person)

    def journal_detail(self) -> dict[str, str]:
        """What the journal says of it: the attempt, and how it ended."""
        return {"attempt": str(self.attempt_id), "outcome": self.outcome}


def propose_resolution(
    attempt: Attempt, outcome: str, statement: str, *, actor: Actor, at: datetime
) -> Resolution:
    """Propose what the statement says of a payment in doubt. Nothing changes until a second person approves.

    Raises NotPermitted, ReferenceMissing, NotToBeDecided for one that is not in doubt, or UnderWay."""
    actor.require(Permission.PROPOSE_PAYOUT, at=attempt.scope)
    attempt = attempt.at_gateway
    if not statement.strip():
        raise ReferenceMissing
    is_in_doubt = Attempt.objects.in_doubt().filter(pk=attempt.pk).exists()
    if outcome not in Resolution.Outcome.values or not is_in_doubt:
        raise NotToBeDecided
    resolution = Resolution(attempt=attempt, outcome=outcome, statement=statement.strip()[:80])
    return agreement.propose(resolution, permission=Permission.PROPOSE_PAYOUT, actor=actor, at=at)


@transaction.atomic
def approve_resolution(resolution: Resolution, *, actor: Actor, at: datetime) -> Attempt:
    """Record it as if the gateway had reported it: the payment is counted, or owed back where no charge needs it.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided."""
    approving = Permission.APPROVE_PAYOUT
    resolution = agreement.approve(resolution, permission=approving, actor=actor, at=at)
    attempt = resolution.attempt
    is_captured = resolution.outcome == Resolution.Outcome.CAPTURED
    report = GatewayReport(
        fate=Fate.CAPTURED if is_captured else Fate.FAILED,
        reference=attempt.reference,
        gateway_reference=attempt.gateway_reference,
        merchant=gateway(attempt.gateway).merchant,
        money=attempt.asked,
        result=f"statement {resolution.statement}"[:60],
    )
    settled = record(attempt.pk, report, at=at)
    advance_all(settled)
    return settled


def refuse_resolution(resolution: Resolution, reason: str, *, actor: Actor, at: datetime) -> Resolution:
    """Refuse it with a reason, or withdraw it as the proposer: the statement is read again.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(resolution, reason, permission=Permission.APPROVE_PAYOUT, actor=actor, at=at)


def pending_resolution(attempt: Attempt) -> Resolution | None:
    """The resolution of an attempt that waits for a second person."""
    found = attempt.at_gateway.resolutions.filter(state=State.PROPOSED).select_related("proposed_by")
    return found.first()
