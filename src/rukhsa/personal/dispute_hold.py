"""Dispute holds: what is under objection or in court is kept whatever a rule says, by two people, until a day."""

import uuid
from datetime import date, datetime, timedelta
from typing import Final, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.personal.purpose import PersonalError

LONGEST: Final = timedelta(days=5 * 366)


class HoldWithoutEnd(PersonalError):
    """A hold ends on a day to come, at most five years ahead; a later end is another hold."""

    code = "hold-without-end"
    text = _("Choose a day between tomorrow and five years from today.")


class DisputeHoldQuerySet(ScopedQuerySet["DisputeHold"]):
    """Which holds keep their application."""

    def in_force(self, *, at: datetime) -> Self:
        """Holds that keep their application now. One that waits for its second person keeps it already, so that
        nothing is erased meanwhile."""
        lifted = DisputeHold.objects.filter(lifts=OuterRef("pk"), state=State.APPROVED)
        keeping = self.filter(lifts=None, until__gte=timezone.localdate(at))
        return keeping.exclude(state=State.REFUSED).filter(~Exists(lifted))


class DisputeHold(Agreement):
    """That an application is kept for a dispute until a day, or that such a hold is lifted before its day."""

    class Ground(models.TextChoices):
        OBJECTION = "objection", _("An objection or a grievance")
        COURT = "court", _("A case in court")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, db_index=False, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground)
    reason = models.CharField(max_length=400)
    until = models.DateField()  # the last day
    lifts = models.ForeignKey("self", models.PROTECT, null=True, related_name="lifted_by")

    objects = DisputeHoldQuerySet.as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["lifts"], condition=Q(state__in=["proposed", "approved"]), name="hold_lifted_once"
            ),
        ]
        indexes = [
            models.Index(fields=["application"], name="holds_for_dispute"),
            models.Index(fields=["authority", "-proposed_at"], name="holds_for_dispute_of_authority"),
        ]

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for who applied, or is close to them."""
        require_no_interest(self.application, person)

    def journal_detail(self) -> dict[str, str]:
        """What the journal says of it."""
        return {"ground": self.ground, "until": str(self.until), "lifts": str(self.lifts_id or "")}


@transaction.atomic
def propose_hold(
    application: Application, ground: str, reason: str, until: date, *, actor: Actor, at: datetime
) -> DisputeHold:
    """Propose to keep an application until a day; it is kept from now on, unless a second person refuses.

    Raises NotPermitted, ReasonMissing, HoldWithoutEnd."""
    today = timezone.localdate(at)
    if ground not in DisputeHold.Ground or not today < until <= today + LONGEST:
        raise HoldWithoutEnd
    hold = DisputeHold(
        authority_id=application.authority_id or "",
        application=application,
        ground=ground,
        reason=agreement.require_reason(reason, at_most=400),
        until=until,
    )
    return agreement.propose(hold, permission=Permission.PROPOSE_ERASURE, actor=actor, at=at)


@transaction.atomic
def propose_lift(hold: DisputeHold, reason: str, *, actor: Actor, at: datetime) -> DisputeHold:
    """Propose to lift a hold before its day, because the dispute is over.

    Raises NotPermitted, ReasonMissing, NotToBeDecided where it holds no longer, UnderWay."""
    if not DisputeHold.objects.in_force(at=at).filter(pk=hold.pk, state=State.APPROVED).exists():
        raise agreement.NotToBeDecided
    lift = DisputeHold(
        authority_id=hold.authority_id,
        application_id=hold.application_id,
        ground=hold.ground,
        reason=agreement.require_reason(reason, at_most=400),
        until=hold.until,
        lifts=hold,
    )
    return agreement.propose(lift, permission=Permission.PROPOSE_ERASURE, actor=actor, at=at)


def approve_hold(hold: DisputeHold, *, actor: Actor, at: datetime) -> DisputeHold:
    """Approve a hold or its lifting, as a second person. Raises NotPermitted, ProposedByYourself, NotToBeDecided."""
    return agreement.approve(hold, permission=Permission.APPROVE_ERASURE, actor=actor, at=at)


def refuse_hold(hold: DisputeHold, reason: str, *, actor: Actor, at: datetime) -> DisputeHold:
    """Refuse it, or withdraw it as the proposer. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(hold, reason, permission=Permission.APPROVE_ERASURE, actor=actor, at=at)
