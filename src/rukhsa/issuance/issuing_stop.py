"""Stops of issuing: nothing is sealed or signed in any worker until it is started again."""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.agreement import Agreement, require_reason
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.authorities.scope import TERRITORY, Scope
from rukhsa.issuance.errors import IssuanceError


class IssuingStopped(IssuanceError):
    """Issuing is stopped by command. What was granted and paid waits."""

    code = "issuing-stopped"


class NotStopped(IssuanceError):
    """Issuing is not stopped."""

    code = "not-stopped"


class IssuingStop(models.Model):
    """Nothing more is sealed or signed from this moment until the stop is lifted."""

    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()


class IssuingStart(models.Model):
    """The end of a stop."""

    stop = models.OneToOneField(IssuingStop, models.PROTECT, related_name="start")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()


class StartProposal(Agreement):
    """What one operator asks for at the desk: the end of a stop, which another operator must approve."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stop = models.ForeignKey(IssuingStop, models.PROTECT, related_name="start_proposals")
    reason = models.TextField()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["stop"], condition=Q(state="proposed"), name="one_start_waits_a_stop"
            ),
        ]

    @property
    def scope(self) -> Scope:
        """Issuing is stopped and started for all authorities at once."""
        return TERRITORY


def current_stop() -> IssuingStop | None:
    """The stop that holds now, if there is one; the database is asked each time."""
    return IssuingStop.objects.filter(start=None).order_by("-pk").first()


def require_running() -> None:
    """Raise IssuingStopped while issuing is stopped. The signer asks before each seal and each file."""
    if (stop_issuing := current_stop()) is not None:
        raise IssuingStopped(f"stopped since {stop_issuing.at:%Y-%m-%d %H:%M} UTC")


@transaction.atomic
def stop_issuing(*, reason: str, operator: str, actor: Actor | None = None, at: datetime) -> IssuingStop:
    """Let nothing more be sealed or signed; return the stop that holds already, if there is one.

    Status lists, the log and verification go on. Raises ReasonMissing.
    """
    found = current_stop()
    if found is not None:
        return found
    person = actor.person if actor else None
    made = IssuingStop.objects.create(reason=require_reason(reason), actor=person, operator=operator, at=at)
    record("stop-issuing", made, actor=actor, at=at, operator=operator, reason=made.reason)
    return made


@transaction.atomic
def start_issuing(*, reason: str, operator: str, actor: Actor | None = None, at: datetime) -> IssuingStart:
    """Lift the stop, as two agreed, or alone where there are no two operators. Raises NotStopped, ReasonMissing."""
    held = IssuingStop.objects.select_for_update(of=("self",)).filter(start=None).order_by("-pk").first()
    if held is None:
        raise NotStopped
    person = actor.person if actor else None
    made = IssuingStart.objects.create(
        stop=held, reason=require_reason(reason), actor=person, operator=operator, at=at
    )
    record("start-issuing", held, actor=actor, at=at, operator=operator, reason=made.reason)
    return made


@transaction.atomic
def stop_at_desk(reason: str, *, actor: Actor, at: datetime) -> IssuingStop:
    """Stop issuing at once: one operator is enough, because waiting for a second could cost a forged document.

    Raises NotPermitted, ReasonMissing.
    """
    actor.require(Permission.CONTROL_ISSUING, at=TERRITORY)
    return stop_issuing(reason=reason, operator="desk", actor=actor, at=at)


def propose_start(reason: str, *, actor: Actor, at: datetime) -> StartProposal:
    """Propose the end of the stop that holds. Raises NotPermitted, NotStopped, ReasonMissing, UnderWay."""
    held = current_stop()
    if held is None:
        raise NotStopped
    proposal = StartProposal(stop=held, reason=require_reason(reason))
    return agreement.propose(proposal, permission=Permission.CONTROL_ISSUING, actor=actor, at=at)


def waiting_start() -> StartProposal | None:
    """The start that was proposed for the stop that holds, and waits for a second operator."""
    return StartProposal.objects.filter(stop=current_stop(), state=agreement.State.PROPOSED).first()


def operators(*, at: datetime) -> int:
    """How many people may start issuing."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.CONTROL_ISSUING in granted]
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(role__in=roles, person__is_active=True)
    return posts.values("person").distinct().count()


@transaction.atomic
def approve_start(proposal: StartProposal, *, actor: Actor, at: datetime) -> IssuingStart:
    """Lift the stop, as a second operator. Raises NotPermitted, NotToBeDecided, ProposedByYourself, NotStopped."""
    agreement.approve(proposal, permission=Permission.CONTROL_ISSUING, actor=actor, at=at)
    return start_issuing(reason=proposal.reason, operator="desk", actor=actor, at=at)


def refuse_start(proposal: StartProposal, reason: str, *, actor: Actor, at: datetime) -> StartProposal:
    """Leave issuing stopped. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(proposal, reason, permission=Permission.CONTROL_ISSUING, actor=actor, at=at)
