"""Mandates: which acts the holder of a post may do, for which services, from when until when, up to which amount.

One person proposes a mandate and another signs it; neither is its holder. It ends with its post.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission, Role
from rukhsa.agreement import Agreement, State
from rukhsa.audit.journal import record
from rukhsa.authorities import scope
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.mandates.absence import absent_with_deputy
from rukhsa.mandates.errors import MandateError, OwnMandate
from rukhsa.values.money import Money


class Act(models.TextChoices):
    """What a mandate may allow."""

    GRANT = "grant"
    REFUSE = "refuse"
    WAIVE = "waive"
    FORFEIT = "forfeit"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    CORRECT = "correct"


# The permission without which an act is never allowed, whatever a mandate says.
NEEDS = {
    Act.GRANT: Permission.DECIDE,
    Act.REFUSE: Permission.DECIDE,
    Act.WAIVE: Permission.APPROVE_WAIVER,
    Act.FORFEIT: Permission.APPROVE_FORFEITURE,
    Act.SUSPEND: Permission.SUSPEND,
    Act.REINSTATE: Permission.REINSTATE,
    Act.REVOKE: Permission.REVOKE,
    Act.CORRECT: Permission.REVOKE,
}


class Unknown(MandateError):
    """A mandate for what the territory does not know, for no act, or for a post that may not do such acts."""

    code = "mandate-unknown"
    text = _("Choose what this post may decide, and a last day that is not before the first.")


class NotInForce(MandateError):
    """An end of a mandate that does not hold."""

    code = "mandate-not-in-force"
    text = _("This mandate has already ended.")


class MandateQuerySet(ScopedQuerySet["Mandate"]):
    """Which mandates hold."""

    def signed(self) -> "MandateQuerySet":
        """Those that two people signed."""
        return self.filter(state=State.APPROVED)

    def in_force(self, *, at: datetime) -> "MandateQuerySet":
        """Those that hold at a moment: signed, on one of their days, not ended, and their post is held."""
        day = timezone.localdate(at)
        return self.signed().filter(
            Q(ends_on=None) | Q(ends_on__gte=day),
            Q(end=None) | Q(end__at__gt=at),
            Q(post__ends_on=None) | Q(post__ends_on__gte=day),
            starts_on__lte=day,
            post__starts_on__lte=day,
        )

    def used_by(self, person: Person, *, at: datetime) -> "MandateQuerySet":
        """What a person may use at a moment: their own first, then those of people whose deputy they are."""
        absences = absent_with_deputy(person.pk, at=at).filter(authority=models.OuterRef("authority"))
        for_another = models.Exists(absences.filter(officer=models.OuterRef("post__person")))
        is_own = Case(When(post__person=person, then=Value(0)), default=Value(1))
        return self.in_force(at=at).filter(Q(post__person=person) | for_another).order_by(is_own, "pk")

    def covering(
        self, act: Act, *, service: str, subject: str | None, amount: Money | None = None
    ) -> "MandateQuerySet":
        """Those that allow an act for a service; `subject` is the mandate that its definition names."""
        found = self.filter(Q(services=[]) | Q(services__contains=[service]), acts__contains=[act])
        found = found.filter(
            Q(subject="") | Q(subject=subject) if subject else Q(subject="") | ~Q(services=[])
        )
        return found.filter(Q(up_to=None) | Q(up_to__gte=amount.minor)) if amount else found


class Mandate(Agreement):
    """What the holder of a post may decide. `subject` is one of the territory's mandates; empty: of every kind.

    `services` narrows it; empty: all services of the subject. `up_to` is in minor units of the territory's currency.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    subject = models.SlugField(max_length=60, blank=True)
    services = ArrayField(models.SlugField(max_length=60), default=list, blank=True)
    acts = ArrayField(models.CharField(max_length=10, choices=Act))
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    up_to = models.BigIntegerField(null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.CheckConstraint(condition=~Q(acts=[]), name="a_mandate_allows_something"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="mandate_in_order"
            ),
            models.CheckConstraint(condition=Q(up_to=None) | Q(up_to__gte=0), name="mandate_of_an_amount"),
        ]
        indexes = [
            models.Index(fields=["authority", "state"], name="mandates_of_authority"),
            models.Index(fields=["post"], condition=Q(state="approved"), name="mandates_of_post"),
        ]

    @property
    def limit(self) -> Money | None:
        """Up to which amount it holds; None for any."""
        return None if self.up_to is None else Money(minor=self.up_to, currency=territory().currency)

    def journal_detail(self) -> dict[str, str]:
        """What is allowed to whom; nothing personal but the key of the holder."""
        said = {"for": self.subject, "services": " ".join(self.services), "acts": " ".join(self.acts)}
        days = {"from": str(self.starts_on), "until": str(self.ends_on or ""), "up-to": str(self.limit or "")}
        return said | days | {"holder": str(self.post.person_id), "authority": self.authority_id}


class MandateEnd(models.Model):
    """That a mandate ended before its last day; one person is enough to take power away."""

    mandate = models.OneToOneField(Mandate, models.PROTECT, related_name="end")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What a mandate is asked to allow."""

    acts: Collection[str]
    starts_on: date
    subject: str = ""
    services: Collection[str] = ()
    ends_on: date | None = None
    limit: Money | None = None


@transaction.atomic
def propose_mandate(post: Post, extent: Extent, *, actor: Actor, at: datetime) -> Mandate:
    """Propose what the holder of a post may decide. Raises NotPermitted, OwnMandate, Unknown."""
    actor.require(Permission.PROPOSE_MANDATE, at=scope.authority(post.authority_id))
    _require_other(actor, post)
    _require_known(post, extent)
    assert post.authority_id  # a post in an agency may do no such act
    mandate = Mandate(
        authority_id=post.authority_id,
        post=post,
        subject=extent.subject,
        services=sorted(extent.services),
        acts=[act.value for act in Act if act in extent.acts],
        starts_on=extent.starts_on,
        ends_on=extent.ends_on,
        up_to=extent.limit.minor if extent.limit else None,
    )
    return agreement.propose(mandate, permission=Permission.PROPOSE_MANDATE, actor=actor, at=at)


@transaction.atomic
def approve_mandate(mandate: Mandate, *, actor: Actor, at: datetime) -> Mandate:
    """Sign it as the second person; it holds from now or from its first day. Raises OwnMandate, and as
    `agreement.approve` does."""
    _require_other(actor, mandate.post)
    return agreement.approve(mandate, permission=Permission.APPROVE_MANDATE, actor=actor, at=at)


def refuse_mandate(mandate: Mandate, reason: str, *, actor: Actor, at: datetime) -> Mandate:
    """Refuse it with a reason, or withdraw it as the proposer. Raises as `agreement.refuse` does."""
    return agreement.refuse(mandate, reason, permission=Permission.APPROVE_MANDATE, actor=actor, at=at)


@transaction.atomic
def end_mandate(mandate: Mandate, reason: str, *, actor: Actor, at: datetime) -> MandateEnd:
    """End a mandate now, with a reason; what was decided by it stands. Raises NotPermitted, ReasonMissing,
    NotInForce."""
    actor.require(Permission.PROPOSE_MANDATE, at=mandate.scope)
    said = agreement.require_reason(reason, at_most=400)
    if MandateEnd.objects.filter(mandate=mandate).exists() or mandate.state != State.APPROVED:
        raise NotInForce
    record("end-mandate", mandate, actor=actor, at=at, **mandate.journal_detail())
    return MandateEnd.objects.create(mandate=mandate, reason=said, by=actor.person, at=at)


def acts_of(role: Role) -> tuple[Act, ...]:
    """The acts that a mandate may allow to a post of this role."""
    return tuple(act for act in Act if NEEDS[act] in PERMISSIONS[role])


def _require_other(actor: Actor, post: Post) -> None:
    if actor.person.pk == post.person_id:
        raise OwnMandate


def _require_known(post: Post, extent: Extent) -> None:
    possible: Collection[Any] = acts_of(Role(post.role))
    is_known = not extent.subject or extent.subject in territory().mandates
    in_order = extent.ends_on is None or extent.ends_on >= extent.starts_on
    if not extent.acts or not set(extent.acts) <= set(possible) or not is_known or not in_order:
        raise Unknown
