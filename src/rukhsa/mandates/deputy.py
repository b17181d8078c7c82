"""Deputies: who acts for an officer who is away, named by one person and signed by another."""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.agreement import Agreement, State
from rukhsa.authorities import scope
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.mandates.errors import MandateError, OwnMandate


class NotADeputy(MandateError):
    """A deputy without a post that examines applications at the authority, or the officer's own person."""

    code = "not-a-deputy"
    text = _("Choose another officer or supervisor of the same authority.")


class DeputyQuerySet(ScopedQuerySet["Deputy"]):
    """Who is whose deputy."""

    def signed(self) -> "DeputyQuerySet":
        """Those that two people signed, the newest of each officer at each authority."""
        newest = ("authority", "officer", F("decided_at").desc())
        return self.filter(state=State.APPROVED).order_by(*newest).distinct("authority", "officer")


class Deputy(Agreement):
    """Who acts for an officer of an authority while the officer is away; the newest that was signed counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = DeputyQuerySet.as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["authority", "officer"], condition=Q(state="proposed"), name="one_deputy_proposed"
            ),
            models.CheckConstraint(condition=~Q(officer=F("deputy")), name="a_deputy_is_another"),
        ]
        indexes = [models.Index(fields=["authority", "officer", "-decided_at"], name="deputies_newest")]

    def journal_detail(self) -> dict[str, str]:
        """Who for whom, and where."""
        people = {"officer": str(self.officer_id), "deputy": str(self.deputy_id)}
        return people | {"authority": self.authority_id}


@transaction.atomic
def propose_deputy(officer: Person, deputy: Person, authority: str, *, actor: Actor, at: datetime) -> Deputy:
    """Propose who acts for an officer who is away: the officer may, and who proposes mandates.

    Raises NotPermitted, NotADeputy, UnderWay.
    """
    permission = Permission.CHECK if actor.person == officer else Permission.PROPOSE_MANDATE
    actor.require(permission, at=scope.authority(authority))
    if officer == deputy or not {officer.pk, deputy.pk} <= examiners(authority, at=at):
        raise NotADeputy
    named = Deputy(authority_id=authority, officer=officer, deputy=deputy)
    return agreement.propose(named, permission=permission, actor=actor, at=at)


@transaction.atomic
def approve_deputy(named: Deputy, *, actor: Actor, at: datetime) -> Deputy:
    """Sign it as a second person, who is neither of the two. Raises OwnMandate, and as `agreement.approve` does."""
    if actor.person.pk in {named.officer_id, named.deputy_id}:
        raise OwnMandate
    return agreement.approve(named, permission=Permission.APPROVE_MANDATE, actor=actor, at=at)


def refuse_deputy(named: Deputy, reason: str, *, actor: Actor, at: datetime) -> Deputy:
    """Refuse it with a reason, or withdraw it as the proposer. Raises as `agreement.refuse` does."""
    return agreement.refuse(named, reason, permission=Permission.APPROVE_MANDATE, actor=actor, at=at)


def examiners(authority: str, *, at: datetime) -> set[uuid.UUID]:
    """The keys of the people who examine applications at an authority now."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.CHECK in granted]
    held = Post.objects.in_force(on=timezone.localdate(at)).filter(authority=authority, role__in=roles)
    return set(held.filter(person__is_active=True).values_list("person", flat=True))
