"""Who acts: a person, for whom, and with which powers at this moment.

A power is a permission together with the place where it is held. There is no other way to ask than with both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import APPLICANT, PERMISSIONS, Permission, Role
from rukhsa.authorities import place
from rukhsa.authorities.models import Post
from rukhsa.authorities.place import TERRITORY, Kind, Place

type Power = tuple[Place, Permission]


class NotPermitted(Exception):
    """The actor lacks a permission that the act needs."""

    code = "not-permitted"

    def __init__(self, *permissions: str, at: Place | None = None) -> None:
        super().__init__(*permissions)
        self.at = at


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person in a capacity: oneself, a company's representative, or the holder of posts."""

    person: Person
    company: Company | None = None
    powers: frozenset[Power] = frozenset()
    is_staff: bool = False  # acts for an authority or an agency

    def holds(self, permission: Permission, *, at: Place) -> bool:
        """Whether the actor holds the permission at a place; what all authorities share is asked of each."""
        if at == TERRITORY:
            return bool(self.authorities_where(permission))
        return (at, permission) in self.powers

    def require(self, permission: Permission, *, at: Place) -> None:
        """Raise `NotPermitted` unless the actor holds the permission at the place."""
        if not self.holds(permission, at=at):
            raise NotPermitted(permission, at=at)

    def holds_somewhere(self, permission: Permission, *also: Permission) -> bool:
        """Whether there is a place at which the actor holds all of these: for menus, and never for an object."""
        return bool(self.places_where(permission, *also))

    def require_somewhere(self, permission: Permission, *also: Permission) -> None:
        """Raise `NotPermitted` where there is no place at which the actor holds all of these.

        It opens a page or a verb that then asks for the place of its object.
        """
        if not self.holds_somewhere(permission, *also):
            raise NotPermitted(permission, *also)

    def places_where(self, permission: Permission, *also: Permission) -> frozenset[Place]:
        """The places at which the actor holds all of these permissions."""
        places = {where for where, what in self.powers if what == permission}
        return frozenset(each for each in places if all((each, another) in self.powers for another in also))

    def authorities_where(self, permission: Permission, *also: Permission) -> frozenset[str]:
        """The codes of the authorities in which the actor holds all of these permissions."""
        return self._codes(Kind.AUTHORITY, self.places_where(permission, *also))

    def agencies_where(self, permission: Permission, *also: Permission) -> frozenset[str]:
        """The codes of the agencies in which the actor holds all of these permissions."""
        return self._codes(Kind.AGENCY, self.places_where(permission, *also))

    def committees_where(self, permission: Permission, *also: Permission) -> frozenset[tuple[str, str]]:
        """The committees in which the actor holds all of these, each as (authority, committee)."""
        found = self.places_where(permission, *also)
        return frozenset((each.code, each.committee) for each in found if each.kind is Kind.COMMITTEE)

    @property
    def oneself(self) -> Place:
        """The applicant as whom the actor acts: the person, or the company."""
        return place.applicant(self.person.pk, self.company.pk if self.company else None)

    @staticmethod
    def _codes(kind: Kind, places: Iterable[Place]) -> frozenset[str]:
        return frozenset(each.code for each in places if each.kind is kind)


def actor_for(person: Person, *, at: datetime, company: Company | None = None) -> Actor:
    """The actor that a person is at a moment; posts are read anew, so that a lost one ends at once."""
    posts = list(Post.objects.in_force(on=timezone.localdate(at)).filter(person=person))
    own = place.applicant(person.pk, company.pk if company else None)
    powers = powers_of(posts) if posts else frozenset((own, each) for each in APPLICANT)
    return Actor(
        person=person,
        company=company,
        powers=powers if person.is_active else frozenset(),
        is_staff=bool(posts),
    )


def powers_of(posts: Iterable[Post]) -> frozenset[Power]:
    """What posts allow, each at its own place alone."""
    return frozenset(
        (post.place, permission) for post in posts for permission in PERMISSIONS[Role(post.role)]
    )
