"""Orders to erase: what a data protection officer proposes, of one application or of a kind, and another approves."""

import uuid
from datetime import datetime, timedelta
from typing import Final, cast

from django.db import models, transaction
from django.db.models import Q
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
from rukhsa.personal.erasure import Erasure, StillKept, erase
from rukhsa.personal.erasure_hold import holds_on
from rukhsa.personal.purpose import PersonalError
from rukhsa.personal.retention import A_BATCH, carry_out
from rukhsa.personal.retention_rule import ERASED, OF_NO_AUTHORITY, Kind, rules

# An approved order is carried out in the nights after it; what is over later waits for a new one.
LASTS: Final = timedelta(days=14)


class NothingOver(PersonalError):
    """A kind of data for which the territory has no rule that two people carry out."""

    code = "nothing-over"
    text = _("No rule lets two people erase this kind.")


class ErasureOrder(Agreement):
    """That what is over of one kind is erased at an authority, or one application on the request of its person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, blank=True)  # of retention.yaml; empty: one application
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400)

    objects = ScopedQuerySet["ErasureOrder"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.CheckConstraint(condition=Q(kind="") ^ Q(application=None), name="order_of_one_thing"),
            models.UniqueConstraint(
                fields=["authority", "kind", "application"],
                condition=Q(state="proposed"),
                nulls_distinct=False,
                name="one_order_waits",
            ),
        ]
        indexes = [models.Index(fields=["authority", "-proposed_at"], name="orders_of_authority")]

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for who applied, or is close to them, where it is about one application."""
        if self.application:
            require_no_interest(self.application, person)

    def journal_detail(self) -> dict[str, str]:
        """What the journal says of it."""
        return {"kind": self.kind or "one application"}


@transaction.atomic
def propose_kind(authority: Authority, kind: str, reason: str, *, actor: Actor, at: datetime) -> ErasureOrder:
    """Propose to erase what is over of a kind at an authority.

    Raises NotPermitted, ReasonMissing, NothingOver, UnderWay."""
    reason = agreement.require_reason(reason, at_most=400)
    rule = next((rule for each, rule in rules().items() if each == kind and each in ERASED), None)
    if rule is None or rule.by != "two-people" or kind in OF_NO_AUTHORITY:
        raise NothingOver(kind)
    order = ErasureOrder(authority=authority, kind=kind, reason=reason)
    return agreement.propose(order, permission=Permission.PROPOSE_ERASURE, actor=actor, at=at)


@transaction.atomic
def propose_one(application: Application, reason: str, *, actor: Actor, at: datetime) -> ErasureOrder:
    """Propose to erase one application, as its person asked.

    Raises NotPermitted, ReasonMissing, StillKept, UnderWay."""
    reason = agreement.require_reason(reason, at_most=400)
    if kept := holds_on(application, at=at):
        raise StillKept(", ".join(kept))
    order = ErasureOrder(authority_id=application.authority_id or "", application=application, reason=reason)
    return agreement.propose(order, permission=Permission.PROPOSE_ERASURE, actor=actor, at=at)


@transaction.atomic
def approve_order(order: ErasureOrder, *, actor: Actor, at: datetime) -> ErasureOrder:
    """Approve it as a second person. One application is erased at once; a kind in the next nights, in batches.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, StillKept."""
    approved = agreement.approve(order, permission=Permission.APPROVE_ERASURE, actor=actor, at=at)
    if approved.application:
        cause = Erasure.Cause.REQUEST
        erase(approved.application, rule="request", why=approved.reason, cause=cause, actor=actor, at=at)
    return approved


def refuse_order(order: ErasureOrder, reason: str, *, actor: Actor, at: datetime) -> ErasureOrder:
    """Refuse it with a reason, or withdraw it as the proposer. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(order, reason, permission=Permission.APPROVE_ERASURE, actor=actor, at=at)


def carry_out_orders(*, at: datetime, most: int = A_BATCH) -> int:
    """Erase a batch of each approved order of a kind; how many rows went."""
    approved = ErasureOrder.objects.filter(state=State.APPROVED, decided_at__gt=at - LASTS).exclude(kind="")
    done = 0
    for each in approved.order_by("pk"):
        kind, since = cast("Kind", each.kind), each.decided_at or at
        done += carry_out(kind, authority=each.authority_id, at=since, most=most)
    return done
