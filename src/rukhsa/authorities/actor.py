"""Who acts: a person, for whom, and with which powers at this moment.

A power is a permission together with the scope in which it is held. There is no other way to ask than with both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import APPLICANT, PERMISSIONS, Permission, Role
from rukhsa.authorities import scope
from rukhsa.authorities.models import Post
from rukhsa.authorities.scope import TERRITORY, Kind, Scope
from rukhsa.errors import RukhsaError

type Power = tuple[Scope, Permission]


class NotPermitted(RukhsaError):
    """The actor lacks a permission that the act needs."""

    code = "not-permitted"

    def __init__(self, *permissions: str, at: Scope | None = None) -> None:
        super().__init__(*permissions)
        self.at = at


@dataclass(frozen=True, kw_only=True)
class Represented:
    """The owner for whom a person acts by consent, for some services until a day."""

    owner: Person
    services: frozenset[str]
    until: date


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person in a capacity: oneself, a company's representative, an owner's by consent, or the holder of posts."""

    person: Person
    company: Company | None = None
    represented: Represented | None = None
    powers: frozenset[Power] = frozenset()
    is_staff: bool = False  # acts for an authority or an agency
    # Where the actor examines applications of some offices only: (authority, office).
    offices: frozenset[tuple[str, str]] = frozenset()

    def holds(self, permission: Permission, *, at: Scope) -> bool:
        """Whether the actor holds the permission in a scope; what all authorities share is asked of each."""
        if at == TERRITORY:
            return bool(self.authorities_where(permission))
        whole = replace(at, service="")  # `at` may be a part of it
        return (at, permission) in self.powers or (whole, permission) in self.powers

    def require(self, permission: Permission, *, at: Scope) -> None:
        """Raise `NotPermitted` unless the actor holds the permission in the scope."""
        if not self.holds(permission, at=at):
            raise NotPermitted(permission, at=at)

    def holds_somewhere(self, permission: Permission, *also: Permission) -> bool:
        """Whether there is a scope in which the actor holds all of these: for menus, and never for an object."""
        return bool(self.scopes_where(permission, *also))

    def require_somewhere(self, permission: Permission, *also: Permission) -> None:
        """Raise `NotPermitted` where there is no scope in which the actor holds all of these.

        It opens a page or a verb that then asks for the scope of its object.
        """
        if not self.holds_somewhere(permission, *also):
            raise NotPermitted(permission, *also)

    def confined_to(self, permission: Permission, *, at: Scope) -> "Actor":
        """The same person with this one power. Raises `NotPermitted` where the actor lacks it."""
        self.require(permission, at=at)
        return replace(self, powers=frozenset({(at, permission)}), offices=frozenset())

    def scopes_where(self, permission: Permission, *also: Permission) -> frozenset[Scope]:
        """The scopes in which the actor holds all of these permissions."""
        scopes = {where for where, what in self.powers if what == permission}
        return frozenset(each for each in scopes if all((each, another) in self.powers for another in also))

    def authorities_where(self, permission: Permission, *also: Permission) -> frozenset[str]:
        """The codes of the authorities in which the actor holds all of these permissions."""
        return self._codes(Kind.AUTHORITY, self.scopes_where(permission, *also))

    @property
    def places(self) -> frozenset[str]:
        """The codes of the authorities at which the actor holds any power, also through a committee of one."""
        kinds = {Kind.AUTHORITY, Kind.COMMITTEE}
        return frozenset(where.code for where, _what in self.powers if where.kind in kinds)

    def agencies_where(self, permission: Permission, *also: Permission) -> frozenset[str]:
        """The codes of the agencies in which the actor holds all of these permissions."""
        return self._codes(Kind.AGENCY, self.scopes_where(permission, *also))

    def committees_where(self, permission: Permission, *also: Permission) -> frozenset[tuple[str, str]]:
        """The committees in which the actor holds all of these, each as (authority, committee)."""
        found = self.scopes_where(permission, *also)
        return frozenset((each.code, each.committee) for each in found if each.kind is Kind.COMMITTEE)

    def offices_at(self, authority: str) -> frozenset[str] | None:
        """The offices whose applications the actor examines at an authority; None: those of every office."""
        return frozenset(office for where, office in self.offices if where == authority) or None

    @property
    def applicant(self) -> Person:
        """The person who applies: oneself, or the owner for whom the actor acts."""
        return self.represented.owner if self.represented else self.person

    @property
    def is_oneself(self) -> bool:
        """Whether the person acts in no other's name: neither a company's nor an owner's, and for no authority."""
        return not (self.company or self.represented or self.is_staff)

    @property
    def oneself(self) -> Scope:
        """The applicant as whom the actor acts: the person, the company, or the owner."""
        return scope.applicant(self.applicant.pk, self.company.pk if self.company else None)

    def own(self, service: str) -> Scope:
        """The part of it that belongs to one service."""
        return replace(self.oneself, service=service)

    @staticmethod
    def _codes(kind: Kind, scopes: Iterable[Scope]) -> frozenset[str]:
        return frozenset(each.code for each in scopes if each.kind is kind)


def actor_for(
    person: Person, *, at: datetime, company: Company | None = None, represented: Represented | None = None
) -> Actor:
    """The actor that a person is at a moment; posts are read each time, so that an ended one counts no longer.

    For an owner by consent the powers are the owner's, in the part of each of the services alone.
    """
    held = Post.objects.in_force(on=timezone.localdate(at)).filter(person=person)
    posts = list(held.select_related("office"))
    if represented:
        own = {scope.applicant(represented.owner.pk, None, service=each) for each in represented.services}
    else:
        own = {scope.applicant(person.pk, company.pk if company else None)}
    powers = powers_of(posts) if posts else frozenset((each, what) for each in own for what in APPLICANT)
    return Actor(
        person=person,
        company=company,
        represented=represented,
        powers=powers if person.is_active else frozenset(),
        is_staff=bool(posts),
        offices=offices_of(posts),
    )


def offices_of(posts: Iterable[Post]) -> frozenset[tuple[str, str]]:
    """The offices to which posts confine the examination at an authority; a post in no office confines nowhere."""
    examining = [post for post in posts if Permission.CHECK in PERMISSIONS[Role(post.role)]]
    whole = {post.authority_id for post in examining if post.office is None}
    return frozenset(
        (post.authority_id or "", post.office.code)
        for post in examining
        if post.office and post.authority_id not in whole
    )


def powers_of(posts: Iterable[Post]) -> frozenset[Power]:
    """What posts allow, each in its own scope alone."""
    return frozenset(
        (post.scope, permission) for post in posts for permission in PERMISSIONS[Role(post.role)]
    )
