"""Changes of the staff: posts given, moved and ended, accounts reset; posts with much power need a second person."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.agreement import Agreement
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.authorities import scope
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Authority, Office, Post
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.errors import RukhsaError
from rukhsa.staff.invitation import Invitation, invite
from rukhsa.staff.letter import tell
from rukhsa.staff.session import end_sessions

# Supervisors revoke and approve money, operators stop and start issuing, members of a committee decide by majority, the
# others decide who may and watch who did: two people give these posts.
BY_TWO = frozenset(
    {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.OPERATOR, Role.COMMITTEE_MEMBER}
)
# Posts in an agency, which an authority cannot give.
OF_AGENCIES = frozenset({Role.AGENCY_OFFICER, Role.AGENCY_COORDINATOR})


class StaffError(RukhsaError):
    """The family of what cannot be done with an account or a post."""

    code = "staff"


class AboutYourself(StaffError):
    """The change is about the actor's own account or posts, which another person must decide."""

    code = "about-yourself"


class MailTaken(StaffError):
    """The mail address belongs to an account that is not one of the staff."""

    code = "mail-taken"


class PostHeld(StaffError):
    """The person holds this post already."""

    code = "post-held"


class PostOver(StaffError):
    """The post has ended."""

    code = "post-over"


class HeldElsewhere(StaffError):
    """The person holds a post at an authority for which neither of the two who agree may act."""

    code = "held-elsewhere"


class Act(models.TextChoices):
    """What is proposed to a second person."""

    POST = "post"
    END = "end"  # of a post in a committee: who leaves changes a majority as who joins does
    RESET = "reset"


class StaffChange(Agreement):
    """A post that is to be given or ended, or an account that is to be reset, where two people must agree."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField(max_length=5, choices=Act)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)
    committee = models.SlugField(max_length=60, blank=True, default="", db_default="", db_index=False)
    starts_on = models.DateField(null=True)
    instead_of = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet["StaffChange"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["act", "person", "authority", "role", "committee"],
                condition=Q(state="proposed"),
                name="one_staff_change_under_way",
            ),
        ]
        indexes = [models.Index(fields=["authority", "-proposed_at"], name="staff_changes_newest")]

    def journal_detail(self) -> dict[str, str]:
        """What is asked for, about whom and where."""
        detail = {"change": self.act, "role": self.role, "authority": self.authority_id}
        return detail | {"person": str(self.person_id)}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A post as it is asked for; `instead_of` ends when it begins."""

    role: Role
    authority: str
    starts_on: date
    committee: str = ""
    office: Office | None = None  # None: every office of the authority
    instead_of: Post | None = None


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A new member of staff: the mail address at work, and the name in both languages."""

    email: str
    name_ar: str
    name_en: str
    language: str


@transaction.atomic
def welcome(newcomer: Newcomer, wanted: Wanted, *, actor: Actor, at: datetime) -> Post | StaffChange:
    """Create the account of a new member of staff and give the first post; the link is sent when the post is given.

    Raises NotPermitted, MailTaken, and what `give` raises.
    """
    actor.require(Permission.MANAGE_STAFF, at=scope.authority(wanted.authority))
    return give(account_of(newcomer), wanted, actor=actor, at=at)


def account_of(newcomer: Newcomer) -> Person:
    """The account of a mail address, created if there is none; a new one cannot sign in yet. Raises MailTaken."""
    person = Person.objects.filter(email__iexact=newcomer.email).first()
    if person is None:
        names = {"name_ar": newcomer.name_ar, "name_en": newcomer.name_en, "language": newcomer.language}
        return Person.objects.create_user(newcomer.email, kind=PersonKind.STAFF, **names)
    if person.kind != PersonKind.STAFF:
        raise MailTaken
    return person


@transaction.atomic
def give(person: Person, wanted: Wanted, *, actor: Actor, at: datetime) -> Post | StaffChange:
    """Give a post, or propose it where two must agree.

    Raises NotPermitted, AboutYourself, PostHeld, PostOver, UnderWay.
    """
    actor.require(Permission.MANAGE_STAFF, at=scope.authority(wanted.authority))
    require_other(actor, person)
    _require_possible(person, wanted, at=at)
    leaves = wanted.instead_of is not None and wanted.instead_of.role == Role.COMMITTEE_MEMBER
    if wanted.role not in BY_TWO and not leaves:
        return carry_out(person, wanted, by=actor.person, at=at)
    change = StaffChange(
        act=Act.POST,
        person=person,
        authority_id=wanted.authority,
        role=wanted.role,
        committee=wanted.committee,
        starts_on=wanted.starts_on,
        instead_of=wanted.instead_of,
        office=wanted.office,
    )
    return agreement.propose(change, permission=Permission.MANAGE_STAFF, actor=actor, at=at)


@transaction.atomic
def end(post: Post, *, actor: Actor, at: datetime) -> Post | StaffChange:
    """End a post now, and with it the sessions of who held it; a post in a committee is proposed to be ended.

    Raises NotPermitted, AboutYourself, PostOver, UnderWay.
    """
    actor.require(Permission.MANAGE_STAFF, at=scope.authority(post.authority_id))
    require_other(actor, post.person)
    if post.role != Role.COMMITTEE_MEMBER:
        return _end(post, by=actor.person, at=at)
    if not _is_held(post, at=at):
        raise PostOver
    assert post.authority_id  # a committee is one of an authority
    change = StaffChange(
        act=Act.END,
        person=post.person,
        authority_id=post.authority_id,
        role=post.role,
        committee=post.committee,
        instead_of=post,
    )
    return agreement.propose(change, permission=Permission.MANAGE_STAFF, actor=actor, at=at)


def _end(post: Post, *, by: Person, at: datetime) -> Post:
    ended = end_locked(post, at=at)
    announce(Event.END_POST, ended, by=by, at=at)
    return ended


@transaction.atomic
def reset(person: Person, authority: str, *, actor: Actor, at: datetime) -> Invitation | StaffChange:
    """Remove password and factors and send a new link.

    It is proposed where the person holds much power, and to another authority where the person holds a post there and
    the actor may not act there. Raises NotPermitted, AboutYourself, UnderWay.
    """
    within = scope.authority(authority)
    actor.require(Permission.MANAGE_STAFF, at=within)
    require_other(actor, person)
    elsewhere = places_of(person, at=at) - actor.authorities_where(Permission.MANAGE_STAFF)
    if not elsewhere and not (roles_of(person, at=at) & BY_TWO):
        return empty(person, authority, by=actor.person, at=at)
    change = StaffChange(act=Act.RESET, person=person, authority_id=min(elsewhere, default=authority))
    return agreement.propose(change, permission=Permission.MANAGE_STAFF, actor=actor, at=at, within=within)


@transaction.atomic
def approve(change: StaffChange, *, actor: Actor, at: datetime) -> None:
    """Do what another proposed.

    Raises NotPermitted, AboutYourself, HeldElsewhere, PostHeld, PostOver, and what `agreement.approve` raises.
    """
    require_other(actor, change.person)
    agreed = agreement.approve(change, permission=Permission.APPROVE_STAFF, actor=actor, at=at)
    if agreed.act == Act.RESET:
        _require_every_authority(agreed, actor, at=at)
        empty(agreed.person, agreed.authority_id, by=actor.person, at=at)
        return
    if agreed.act == Act.END and agreed.instead_of:
        _end(agreed.instead_of, by=actor.person, at=at)
        return
    starts_on = max(agreed.starts_on or date.min, timezone.localdate(at))
    wanted = Wanted(
        role=Role(agreed.role),
        authority=agreed.authority_id,
        committee=agreed.committee,
        starts_on=starts_on,
        instead_of=agreed.instead_of,
        office=agreed.office,
    )
    _require_possible(agreed.person, wanted, at=at)
    carry_out(agreed.person, wanted, by=actor.person, at=at)


@transaction.atomic
def refuse(change: StaffChange, reason: str, *, actor: Actor, at: datetime) -> StaffChange:
    """Refuse a proposal, with a reason; the proposer may withdraw it this way. Raises as `agreement.refuse` does."""
    return agreement.refuse(change, reason, permission=Permission.APPROVE_STAFF, actor=actor, at=at)


@transaction.atomic
def link_again(person: Person, authority: str, *, actor: Actor, at: datetime) -> Invitation:
    """Send a new link to a person who holds a post and has not used the last one.

    Raises NotPermitted, AboutYourself, PostOver, PostHeld.
    """
    actor.require(Permission.MANAGE_STAFF, at=scope.authority(authority))
    require_other(actor, person)
    if not roles_of(person, at=at):
        raise PostOver  # a post that is only proposed opens no account
    if has_second_factor(person):
        raise PostHeld  # the account is set up: a reset is what changes it
    return invite(person, by=actor.person, at=at)


@transaction.atomic
def carry_out(person: Person, wanted: Wanted, *, by: Person | None, at: datetime) -> Post:
    """Give the post and end the person's sessions; a person who cannot sign in yet is sent a link."""
    if wanted.instead_of:
        end_locked(wanted.instead_of, at=at)
    post = Post.objects.create(
        person=person,
        role=wanted.role,
        authority_id=wanted.authority,
        committee=wanted.committee,
        office=wanted.office,
        starts_on=wanted.starts_on,
    )
    announce(Event.MOVE_POST if wanted.instead_of else Event.GIVE_POST, post, by=by, at=at)
    if not has_second_factor(person):
        invite(person, by=by, at=at)
    return post


@transaction.atomic
def empty(person: Person, authority: str, *, by: Person | None, at: datetime) -> Invitation:
    """Remove every way to sign in to the account, end its sessions, and send a new link."""
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.save(update_fields=["password"])
    end_sessions(person, why="reset", by=by, at=at)
    record_event(Event.RESET_ACCOUNT, by=by, about=person, at=at, authority=authority)
    return invite(person, by=by, letter="reset", at=at)


def roles_of(person: Person, *, at: datetime) -> frozenset[Role]:
    """The roles that a person holds anywhere at a moment."""
    held = Post.objects.in_force(on=timezone.localdate(at)).filter(person=person)
    return frozenset(map(Role, held.values_list("role", flat=True)))


def places_of(person: Person, *, at: datetime) -> frozenset[str]:
    """The authorities at which a person holds a post, or will."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate(at))
    held = Post.objects.filter(lasting, person=person, authority__isnull=False)
    return frozenset(held.values_list("authority_id", flat=True))


def _require_every_authority(change: StaffChange, actor: Actor, *, at: datetime) -> None:
    """A reset takes away what opens the desk of each authority: one of the two must be of each of them."""
    proposer = actor_for(change.proposed_by, at=at)
    answered_for = proposer.authorities_where(Permission.MANAGE_STAFF)
    answered_for |= actor.authorities_where(Permission.APPROVE_STAFF)
    if places_of(change.person, at=at) - answered_for:
        raise HeldElsewhere


def require_other(actor: Actor, person: Person) -> None:
    """Raise AboutYourself for an act on the actor's own account or posts."""
    if actor.person.pk == person.pk:
        raise AboutYourself


def _require_possible(person: Person, wanted: Wanted, *, at: datetime) -> None:
    if wanted.instead_of and not _is_held(wanted.instead_of, at=at):
        raise PostOver
    same: dict[str, Any] = {"role": wanted.role, "authority": wanted.authority, "committee": wanted.committee}
    same["office"] = wanted.office
    held = Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=timezone.localdate(at)), person=person, **same
    )
    if held.exists():
        raise PostHeld


def _is_held(post: Post, *, at: datetime) -> bool:
    return post.ends_on is None or post.ends_on >= timezone.localdate(at)


def end_locked(post: Post, *, at: datetime) -> Post:
    """End a post now: the day before is its last. Raises PostOver."""
    locked = Post.objects.select_for_update(of=("self",)).select_related("person").get(pk=post.pk)
    if not _is_held(locked, at=at):
        raise PostOver
    locked.ends_on = timezone.localdate(at) - timedelta(days=1)  # the last day of a post is in it
    locked.save(update_fields=["ends_on"])
    return locked


def announce(event: Event, post: Post, *, by: Person | None, at: datetime) -> None:
    """What follows a change of a post: sessions end, the security log has it, and the person is told."""
    end_sessions(post.person, why="post-changed", by=by, at=at)
    place = post.authority_id or post.agency_id or ""
    record_event(event, by=by, about=post.person, at=at, authority=place, role=post.role)
    tell(post.person, "post-changed", at=at)
