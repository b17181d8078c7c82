"""Approval by two people: one of the staff proposes, another approves or refuses, once."""

from datetime import datetime
from typing import ClassVar
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
    """The family of what is refused to the two people."""

    code = "agreement"


class UnderWay(AgreementError):
    """The same was proposed already, and was not refused."""

    code = "under-way"


class ProposedByYourself(AgreementError):
    """The proposer cannot approve."""

    code = "proposed-by-yourself"


class NotToBeDecided(AgreementError):
    """The proposal was approved or refused meanwhile."""

    code = "moved-on"


class ReasonMissing(AgreementError):
    """An act that must give its reason gives none."""

    code = "reason-missing"


class State(models.TextChoices):
    """Where an agreement stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class Agreement(Scoped):
    """A proposal that has no effect until a second person approves it.

    A model of this kind inherits its Meta too, and repeats its constraints, so that its table keeps the two apart.
    """

    longest_refusal: ClassVar[int | None] = 400  # characters

    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    refusal = models.CharField(max_length=longest_refusal, blank=True)  # why it was refused
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

    @property
    def waits(self) -> bool:
        """Whether it waits to be approved or refused."""
        return self.state == State.PROPOSED

    @property
    def scopes(self) -> frozenset[Scope]:
        """Where both people must hold their permission: the authority that it belongs to."""
        return frozenset({self.scope})

    def require_no_interest(self, person: Person) -> None:
        """Raise an AgreementError for who may not decide on it, since it is their own, their household's, a relative's
        or a company's of theirs. Every kind that is about an application or a party says so."""

    def journal_detail(self) -> dict[str, str]:
        """What the journal keeps of it beside the act; nothing personal."""
        return {}

    def journal(self, act: str, *, actor: Actor, at: datetime) -> None:
        """Write "propose", "approve" or "refuse" in the journal."""
        record(f"{act}-{self._meta.model_name}", self, actor=actor, at=at, **self.journal_detail())


def propose[A: Agreement](
    agreement: A, *, permission: Permission, actor: Actor, at: datetime, within: Scope | None = None
) -> A:
    """Save a proposal of a person who holds the permission in its scopes, or in the scope named by `within`.

    Raises NotPermitted, OwnInterest, and UnderWay where the table has a live one of the same.
    """
    require(permission, actor, frozenset({within}) if within else agreement.scopes)
    agreement.require_no_interest(actor.person)
    agreement.proposed_by, agreement.proposed_at = actor.person, at
    try:
        with transaction.atomic():
            agreement.save(force_insert=True)
            agreement.journal("propose", actor=actor, at=at)
    except IntegrityError:
        raise UnderWay(agreement._meta.label_lower) from None
    return agreement


@transaction.atomic
def approve[A: Agreement](
    agreement: A, *, permission: Permission, becomes: str = State.APPROVED, actor: Actor, at: datetime
) -> A:
    """Approve a proposal, as a second person with the permission in its scopes; the caller carries it out.

    Raises NotPermitted, NotToBeDecided, ProposedByYourself.
    """
    return close(lock_as_second(agreement, permission=permission, actor=actor), becomes, actor=actor, at=at)


def lock_as_second[A: Agreement](agreement: A, *, permission: Permission, actor: Actor) -> A:
    """The proposal, locked, for a second person who may approve it; `close` it when that is carried out.

    Raises NotPermitted, NotToBeDecided, ProposedByYourself, OwnInterest.
    """
    require(permission, actor, agreement.scopes)
    proposed = _lock(agreement)
    require_another(proposed.proposed_by_id, actor)
    proposed.require_no_interest(actor.person)
    return proposed


@transaction.atomic
def refuse[A: Agreement](
    agreement: A, reason: str, *, permission: Permission, actor: Actor, at: datetime
) -> A:
    """Refuse a proposal, with a reason. The proposer may withdraw it this way; others need the permission in its
    scopes.

    Raises NotPermitted, ReasonMissing, NotToBeDecided, OwnInterest.
    """
    is_withdrawn = agreement.proposed_by_id == actor.person.pk
    if not is_withdrawn:
        require(permission, actor, agreement.scopes)
    proposed = _lock(agreement)
    if not is_withdrawn:
        proposed.require_no_interest(actor.person)
    proposed.refusal = require_reason(reason, at_most=agreement.longest_refusal)
    return close(proposed, State.REFUSED, actor=actor, at=at)


def close[A: Agreement](agreement: A, state: str, *, actor: Actor, at: datetime) -> A:
    """Write down how the second person decided on a locked proposal."""
    agreement.state, agreement.decided_by, agreement.decided_at = state, actor.person, at
    agreement.save()
    agreement.journal("refuse" if state == State.REFUSED else "approve", actor=actor, at=at)
    return agreement


def require_another(proposer: UUID | None, actor: Actor) -> None:
    """Raise ProposedByYourself if the actor is the proposer."""
    if proposer == actor.person.pk:
        raise ProposedByYourself


def require_reason(typed: str, *, at_most: int | None = None) -> str:
    """The reason for an act as it is kept, cut to so many characters. Raises ReasonMissing."""
    if not typed.strip():
        raise ReasonMissing
    return typed.strip()[:at_most]


def require(permission: Permission, actor: Actor, scopes: frozenset[Scope]) -> None:
    """Raise NotPermitted unless the actor holds the permission in every one of the scopes."""
    for scope in scopes:
        actor.require(permission, at=scope)


def _lock[A: Agreement](agreement: A) -> A:
    found = type(agreement)._default_manager.select_for_update(of=("self",)).get(pk=agreement.pk)
    if found.state != State.PROPOSED:
        raise NotToBeDecided
    return found
