"""The people of an agency: its coordinator invites them and ends their posts; an administrator names a coordinator."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.audit.security import Event
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.authorities.models import Agency, Post
from rukhsa.authorities.scope import TERRITORY
from rukhsa.staff.change import (
    OF_AGENCIES,
    HeldElsewhere,
    Newcomer,
    PostHeld,
    PostOver,
    account_of,
    announce,
    end_locked,
    require_other,
)
from rukhsa.staff.invitation import Invitation, invite


@transaction.atomic
def welcome_to_agency(newcomer: Newcomer, agency: Agency, role: Role, *, actor: Actor, at: datetime) -> Post:
    """Give a person a post in an agency from today on; a person who cannot sign in yet is sent a link.

    Raises NotPermitted, AboutYourself, MailTaken, PostHeld, and HeldElsewhere for a person with a post in another
    place, whose account its own administrators answer for.
    """
    _require_may_give(agency, role, actor)
    person = account_of(newcomer)
    require_other(actor, person)
    held = list(_lasting(at).filter(person=person))
    if any(post.agency_id != agency.pk for post in held):
        raise HeldElsewhere
    if any(post.role == role for post in held):
        raise PostHeld
    post = Post.objects.create(person=person, role=role, agency=agency, starts_on=timezone.localdate(at))
    announce(Event.GIVE_POST, post, by=actor.person, at=at)
    if not has_second_factor(person):
        invite(person, by=actor.person, at=at)
    return post


@transaction.atomic
def end_at_agency(post: Post, *, actor: Actor, at: datetime) -> Post:
    """End a post in an agency now, and with it the person's sessions. Raises NotPermitted, AboutYourself, PostOver."""
    actor.require(Permission.COORDINATE_AGENCY, at=post.scope)
    require_other(actor, post.person)
    ended = end_locked(post, at=at)
    announce(Event.END_POST, ended, by=actor.person, at=at)
    return ended


@transaction.atomic
def link_again_at_agency(post: Post, *, actor: Actor, at: datetime) -> Invitation:
    """Send a new link to a person who has not used the last one.

    Raises NotPermitted, AboutYourself, PostOver, PostHeld.
    """
    actor.require(Permission.COORDINATE_AGENCY, at=post.scope)
    require_other(actor, post.person)
    if not _lasting(at).filter(pk=post.pk).exists():
        raise PostOver
    if has_second_factor(post.person):
        raise PostHeld  # the account is set up
    return invite(post.person, by=actor.person, at=at)


def posts_at(agencies: frozenset[str], *, at: datetime) -> QuerySet[Post]:
    """The posts that people hold in these agencies."""
    return (
        _lasting(at).filter(agency__in=agencies).select_related("person", "agency").order_by("agency", "pk")
    )


def _require_may_give(agency: Agency, role: Role, actor: Actor) -> None:
    """A coordinator gives posts in the own agency, and an administrator of any authority that of a coordinator."""
    if role not in OF_AGENCIES:
        raise NotPermitted(Permission.COORDINATE_AGENCY, at=agency.scope)
    if role is Role.AGENCY_COORDINATOR and actor.holds(Permission.MANAGE_STAFF, at=TERRITORY):
        return
    actor.require(Permission.COORDINATE_AGENCY, at=agency.scope)


def _lasting(at: datetime) -> QuerySet[Post]:
    return Post.objects.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate(at)))
