"""Changes of the territory at the desk: one person proposes with a reason, another approves, and they stand above the
files from their day on."""

import time
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State, require_reason
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import TERRITORY, Scope, authority
from rukhsa.catalogue import in_force
from rukhsa.errors import RukhsaError

FRESH = 5.0  # seconds for which a process trusts what it read


class TerritoryChangeQuerySet(models.QuerySet["TerritoryChange"]):
    """Which changes hold, and which a person may see."""

    def on_which(self, actor: Actor, permission: Permission) -> "TerritoryChangeQuerySet":
        """Those of the actor's authorities, and those of all authorities to people who hold it in any."""
        ours = actor.authorities_where(permission)
        return self.filter(Q(authority__in=ours) | Q(authority=None)) if ours else self.none()

    def holding(self, *, on: date) -> "TerritoryChangeQuerySet":
        """The newest approved one of each kind and key whose day has come."""
        approved = self.filter(state=State.APPROVED, effective_on__lte=on)
        return approved.order_by("kind", "key", "-effective_on", "-decided_at").distinct("kind", "key")


class TerritoryChange(Agreement):
    """A new value of one thing of the territory, such as a closed day or the text of a message."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(max_length=20)
    key = models.CharField(max_length=120)
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")  # None: of all
    value = models.JSONField(null=True)  # None: it is removed
    before = models.JSONField(null=True)  # what was in force when this was proposed
    reason = models.CharField(max_length=400)
    effective_on = models.DateField()

    objects = TerritoryChangeQuerySet.as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state="proposed"), name="one_change_waits_a_thing"
            ),
        ]
        indexes = [models.Index(fields=["kind", "key", "-proposed_at"], name="changes_of_a_thing")]

    @property
    def scope(self) -> Scope:
        """The authority whose thing it is; what all share belongs to the territory."""
        return authority(self.authority_id) if self.authority_id else TERRITORY

    def journal_detail(self) -> dict[str, str]:
        """The thing that is changed."""
        return {"kind": self.kind, "key": self.key}


type Check = Callable[[str, Any], None]
type Effect = Callable[[TerritoryChange, datetime], None]
_checks: dict[str, Check] = {}
_effects: dict[str, Effect] = {}


class UnknownKind(RukhsaError):
    """Nothing of this kind is changed at the desk."""

    code = "not-found"


def register_kind(kind: str, *, check: Check, effect: Effect | None = None) -> None:
    """Let a room say what a value of a kind must be (it raises a RukhsaError), and what an approved one brings."""
    _checks[kind] = check
    if effect:
        _effects[kind] = effect


def propose_change(change: TerritoryChange, *, actor: Actor, at: datetime) -> TerritoryChange:
    """Propose a change. Raises NotPermitted, ReasonMissing, UnderWay, and what the check of its kind raises."""
    if change.kind not in _checks:
        raise UnknownKind(change.kind)
    change.reason = require_reason(change.reason, at_most=400)
    if change.value is not None:
        _checks[change.kind](change.key, change.value)
    return agreement.propose(change, permission=Permission.PROPOSE_CHANGE, actor=actor, at=at)


def approve_change(change: TerritoryChange, *, actor: Actor, at: datetime) -> TerritoryChange:
    """Let it hold from its day on, as a second person, and do what follows from it.

    Raises NotPermitted, NotToBeDecided, ProposedByYourself, and what the effect of its kind raises; it then waits on.
    """
    try:
        with transaction.atomic():
            approved = agreement.approve(change, permission=Permission.APPROVE_CHANGE, actor=actor, at=at)
            read_again(on=timezone.localdate(at))
            if effect := _effects.get(approved.kind):
                effect(approved, at)
    except RukhsaError:
        read_again(on=timezone.localdate(at))  # what was read with it does not hold
        raise
    return approved


def refuse_change(change: TerritoryChange, reason: str, *, actor: Actor, at: datetime) -> TerritoryChange:
    """Refuse it, with a reason; its proposer withdraws it this way. Raises NotPermitted, ReasonMissing,
    NotToBeDecided."""
    return agreement.refuse(change, reason, permission=Permission.APPROVE_CHANGE, actor=actor, at=at)


_read_at = [0.0]


def read_again(*, on: date) -> None:
    """Read what is in force from the database into this process; one query."""
    in_force.hold(values_of(TerritoryChange.objects.holding(on=on)))
    _read_at[0] = time.monotonic()


def keep_fresh() -> None:
    """Read what is in force unless that was done in the last seconds: before each request and each job."""
    if time.monotonic() - _read_at[0] > FRESH:
        read_again(on=timezone.localdate())


def values_of(changes: Iterable[TerritoryChange]) -> dict[str, dict[str, Any]]:
    """The values of changes, by kind and key."""
    found: dict[str, dict[str, Any]] = {}
    for change in changes:
        found.setdefault(change.kind, {})[change.key] = change.value
    return found


def exported(*, on: date) -> str:
    """What the desk changed, as YAML, to be carried into the territory's folder."""
    import yaml

    values = values_of(TerritoryChange.objects.holding(on=on))
    return str(yaml.safe_dump(values, allow_unicode=True, sort_keys=True))
