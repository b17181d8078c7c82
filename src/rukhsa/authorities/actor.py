"""Who acts: a person, for whom, and with which powers at this moment."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import APPLICANT, PERMISSIONS, Permission, Role
from rukhsa.authorities.models import Post


class NotPermitted(Exception):
    """The actor lacks a permission that the act needs."""

    code = "not-permitted"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person in a capacity: oneself, a company's representative, or the holder of a post."""

    person: Person
    company: Company | None = None
    authorities: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    committees: frozenset[tuple[str, str]] = frozenset()  # (authority, committee)
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset()

    def require(self, permission: Permission) -> None:
        """Raise `NotPermitted` unless the actor holds the permission."""
        if permission not in self.permissions:
            raise NotPermitted(permission)

    @property
    def is_staff(self) -> bool:
        """Whether the actor acts for an authority or an agency."""
        return bool(self.roles)


def actor_for(person: Person, *, at: datetime, company: Company | None = None) -> Actor:
    """The actor that a person is at a moment; posts are read anew, so that a lost one ends at once."""
    posts = list(Post.objects.in_force(on=timezone.localdate(at)).filter(person=person))
    roles = frozenset(Role(post.role) for post in posts)
    granted = frozenset().union(*(PERMISSIONS[role] for role in roles)) if roles else APPLICANT
    return Actor(
        person=person,
        company=company,
        authorities=frozenset(post.authority_id for post in posts if post.authority_id),
        agencies=frozenset(post.agency_id for post in posts if post.agency_id),
        committees=frozenset(
            (post.authority_id, post.committee) for post in posts if post.authority_id and post.committee
        ),
        roles=roles,
        permissions=granted if person.is_active else frozenset(),
    )
