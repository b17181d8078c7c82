"""Agreements: what one of the staff proposes, another approves or refuses, once; the database keeps the two apart."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scope, Scoped
from rukhsa.errors import RukhsaError


class AgreementError(RukhsaError):
    """The family of what two people do not agree on so."""

    code = "agreement"


class UnderWay(AgreementError):
    """The same was proposed already, and was not refused."""

    code = "under-way"


class ProposedByYourself(AgreementError):
    """Whoever proposes a thing does not approve it."""

    code = "proposed-by-yourself"


class NotToBeDecided(AgreementError):
    """It has moved on meanwhile."""

    code = "moved-on"


class ReasonMissing(AgreementError):
    """What is asked for, kept or refused is so for a reason."""

    code = "reason-missing"


class State(models.TextChoices):
    """Where an agreement stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class Agreement(Scoped):
    """A proposal that has no effect until a second person approves it; both act at the authority it belongs to.

    A model of this kind inherits its Meta too, and repeats its constraints, so that its table keeps two people apart.
    """

    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    refusal = models.CharField(max_length=400, blank=True)  # why it was refused
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "refused"])
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="%(class)s_approved_by_another",
            )
        ]

    def told(self) -> dict[str, str]:
        """What the journal says of it beside the act; nothing personal."""
        return {}


def propose[A: Agreement](
    agreement: A, *, permission: Permission, actor: Actor, at: datetime, within: Scope | None = None
) -> A:
    """Keep what a person proposes, who holds the permission where it belongs, or in the scope named by `within`.

    Raises NotPermitted, and UnderWay where the table has a live one of the same.
    """
    actor.require(permission, at=within or agreement.scope)
    agreement.proposed_by, agreement.proposed_at = actor.person, at
    try:
        with transaction.atomic():
            agreement.save(force_insert=True)
            _record("propose", agreement, actor, at)
    except IntegrityError:
        raise UnderWay(agreement._meta.label_lower) from None
    return agreement


@transaction.atomic
def approve[A: Agreement](
    agreement: A, *, permission: Permission, becomes: str = State.APPROVED, actor: Actor, at: datetime
) -> A:
    """Approve a proposal, as a second person with the permission at its authority; the caller carries it out.

    Raises NotPermitted, NotToBeDecided, ProposedByYourself."""
    actor.require(permission, at=agreement.scope)
    waiting = _locked(agreement)
    require_another(waiting.proposed_by_id, actor)
    return _decide(waiting, "approve", becomes, actor, at)


@transaction.atomic
def refuse[A: Agreement](
    agreement: A, reason: str, *, permission: Permission, actor: Actor, at: datetime
) -> A:
    """Refuse a proposal, with a reason. The proposer may withdraw it this way; others need the permission at its
    authority.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    if agreement.proposed_by_id != actor.person.pk:
        actor.require(permission, at=agreement.scope)
    waiting = _locked(agreement)
    waiting.refusal = written(reason)
    return _decide(waiting, "refuse", State.REFUSED, actor, at)


def require_another(proposer: UUID | None, actor: Actor) -> None:
    """Raise ProposedByYourself for whoever proposed it."""
    if proposer == actor.person.pk:
        raise ProposedByYourself


def written(reason: str) -> str:
    """A reason as it is kept, at most 400 characters. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()[:400]


def _locked[A: Agreement](agreement: A) -> A:
    found = type(agreement)._default_manager.select_for_update(of=("self",)).get(pk=agreement.pk)
    if found.state != State.PROPOSED:
        raise NotToBeDecided
    return found


def _decide[A: Agreement](agreement: A, act: str, state: str, actor: Actor, at: datetime) -> A:
    agreement.state, agreement.decided_by, agreement.decided_at = state, actor.person, at
    agreement.save()
    _record(act, agreement, actor, at)
    return agreement


def _record(act: str, agreement: Agreement, actor: Actor, at: datetime) -> None:
    told: dict[str, Any] = agreement.told()
    record(f"{act}-{agreement._meta.model_name}", agreement, actor=actor, at=at, **told)
