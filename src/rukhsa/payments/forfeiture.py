"""Forfeitures: a part of a deposit is kept, proposed with a reason and pictures by one person, approved by another."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.applications import competence
from rukhsa.applications.interest import require_no_interest
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.jobs import advance_soon
from rukhsa.mandates.mandate import Act, Mandate
from rukhsa.payments.amount import Amount
from rukhsa.payments.charge import ChargeLine
from rukhsa.payments.deposit import DepositMovement, lock_held, lock_line, move, release_freed, release_rest
from rukhsa.payments.ledger import Account
from rukhsa.values.money import Money


class Forfeiture(Agreement, Amount):
    """An amount of a deposit that an authority is asked to keep, with the reason and the pictures."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(ChargeLine, models.PROTECT, related_name="forfeitures")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")  # of who approved
    photos = models.JSONField(default=list)  # digests

    objects = ScopedQuerySet["Forfeiture"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="proposed"), name="one_forfeiture_at_a_time"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="forfeiture_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="forfeiture_with_a_reason"),
        ]
        indexes = [
            models.Index(
                fields=["authority", "proposed_at"],
                condition=Q(state="proposed"),
                name="forfeitures_to_decide",
            )
        ]

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for who applied, or is close to them."""
        require_no_interest(self.line.charge.application, person)

    def journal_detail(self) -> dict[str, str]:
        """What the journal says of it: how much."""
        return {"amount": str(self.money)}


@transaction.atomic
def propose_forfeiture(
    line: ChargeLine, money: Money, *, reason: str, photos: Sequence[str] = (), actor: Actor, at: datetime
) -> Forfeiture:
    """Propose to keep a part or all of a deposit, with pictures (digests). Until a second person decides, nothing is
    kept and nothing goes back.

    Raises NotPermitted, ReasonMissing, NotHeld when that much is not held, or UnderWay."""
    actor.require(Permission.PROPOSE_FORFEITURE, at=line.scope)
    reason = agreement.require_reason(reason, at_most=400)
    lock_held(line, money)
    authority = line.charge.application.authority_id
    # What is paid was submitted, and has an authority.
    assert authority
    forfeiture = Forfeiture(
        line=line,
        amount=money.minor,
        currency=money.currency,
        authority_id=authority,
        reason=reason,
        photos=list(photos),
    )
    return agreement.propose(forfeiture, permission=Permission.PROPOSE_FORFEITURE, actor=actor, at=at)


@transaction.atomic
def approve_forfeiture(forfeiture: Forfeiture, *, actor: Actor, at: datetime) -> DepositMovement:
    """Keep it, with the reason and the pictures that the applicant is shown: from now on it is the authority's.
    The rest is released, and the applicant is told of both.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, OutsideMandate."""
    lock_line(forfeiture.line)
    forfeiture = agreement.lock_as_second(forfeiture, permission=Permission.APPROVE_FORFEITURE, actor=actor)
    line, money = forfeiture.line, forfeiture.money
    application = line.charge.application
    forfeiture.mandate = competence.require(actor, Act.FORFEIT, application, at=at, amount=money)
    agreement.close(forfeiture, State.APPROVED, actor=actor, at=at)
    lock_held(line, money)
    movement = DepositMovement.objects.create(
        line=line,
        kind=DepositMovement.Kind.FORFEITED,
        reason=forfeiture.reason,
        photos=forfeiture.photos,
        forfeiture=forfeiture,
        actor=actor.person,
        at=at,
    )
    move(movement, money, to=Account.FORFEITURES)
    journal.record("forfeit", line.charge, actor=actor, at=at, rule=line.rule, amount=str(money))
    release_rest(line, actor=actor, at=at)
    advance_soon(line.charge.application_id)
    return movement


@transaction.atomic
def refuse_forfeiture(
    forfeiture: Forfeiture, reason: str, *, actor: Actor, at: datetime
) -> DepositMovement | None:
    """Refuse it with a reason, or withdraw it as the proposer; a deposit freed in the meantime is released now.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    # The deposit first, as who frees it does: it is freed before this refusal or after it, and is not forgotten.
    lock_line(forfeiture.line)
    forfeiture = agreement.refuse(
        forfeiture, reason, permission=Permission.APPROVE_FORFEITURE, actor=actor, at=at
    )
    released = release_freed(forfeiture.line, at=at)
    advance_soon(forfeiture.line.charge.application_id)
    return released
