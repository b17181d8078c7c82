"""Works a difference off: who owns it, what was found out, and the explanation that closes it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.locks import one_at_a_time
from rukhsa.reconciliation.errors import AlreadyExplained, ExplanationMissing, NotAnOwner
from rukhsa.reconciliation.models import Difference, Explanation, Ownership
from rukhsa.reconciliation.settlement import STATEMENTS, settle_reference

_RECONCILING = [role for role, allowed in PERMISSIONS.items() if Permission.RECONCILE in allowed]


def owners(difference: Difference, at: datetime) -> QuerySet[Person]:
    """Who may own a difference: those who reconcile at its authority, or in any where that is not known."""
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(role__in=_RECONCILING, agency=None)
    if difference.authority_id:
        posts = posts.filter(authority=difference.authority_id)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en")


@transaction.atomic
def give(difference: Difference, owner: Person, *, actor: Actor, at: datetime) -> Ownership:
    """Make it somebody's. Raises NotPermitted, NotAnOwner, AlreadyExplained."""
    actor.require(Permission.RECONCILE, at=difference.scope)
    _require_open(difference)
    if not owners(difference, at).filter(pk=owner.pk).exists():
        raise NotAnOwner
    journal.record("give-difference", difference, actor=actor, at=at)
    return Ownership.objects.create(difference=difference, person=owner, given_by=actor.person, at=at)


@transaction.atomic
def explain(difference: Difference, text: str, *, closes: bool, actor: Actor, at: datetime) -> Explanation:
    """Write down what was found out; with `closes` it is settled. Raises NotPermitted, ExplanationMissing,
    AlreadyExplained.

    What the statement and the books agree to then moves to the bank; another amount that was explained moves as the
    statement has it, and the rest stands on the account of differences."""
    actor.require(Permission.RECONCILE, at=difference.scope)
    if not text.strip():
        raise ExplanationMissing
    one_at_a_time(STATEMENTS)
    _require_open(difference)
    journal.record("explain-difference", difference, actor=actor, at=at, closes=closes)
    made = Explanation.objects.create(
        difference=difference, text=text.strip()[:1000], closes=closes, person=actor.person, at=at
    )
    if closes:
        settle_reference(difference.gateway, difference.reference, actor=actor, at=at)
    return made


def _require_open(difference: Difference) -> None:
    Difference.objects.select_for_update().get(pk=difference.pk)
    if difference.explanations.filter(closes=True).exists():
        raise AlreadyExplained
