"""The scope in which a permission is held, and what belongs to it: an authority, a committee of one, an agency, an
applicant."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol, Self
from uuid import UUID

from django.db import models

from rukhsa.accounts.permissions import Permission


class Kind(StrEnum):
    """What kind of scope it is."""

    AUTHORITY = "authority"
    COMMITTEE = "committee"
    AGENCY = "agency"
    TERRITORY = "territory"
    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope. For something that has no authority yet its code is empty, and no permission is held there."""

    kind: Kind
    code: str
    committee: str = ""  # only of a committee, whose code is that of its authority
    service: str = (
        ""  # only of an applicant: what is the applicant's own of one service, instead of all of it
    )


# What all authorities share, such as the definition of a service that each of them offers: a permission is held here
# by those who hold it in any authority.
TERRITORY = Scope(Kind.TERRITORY, "")


def authority(code: str | None) -> Scope:
    """The scope of an authority, by its code."""
    return Scope(Kind.AUTHORITY, code or "")


def committee(code: str, name: str) -> Scope:
    """The scope of a committee of an authority."""
    return Scope(Kind.COMMITTEE, code, name)


def agency(code: str) -> Scope:
    """The scope of an agency, by its code."""
    return Scope(Kind.AGENCY, code)


def applicant(person: UUID, company: int | None, *, service: str = "") -> Scope:
    """The scope of what is an applicant's own: a person's, or that of the company for which the person acts.

    With a service it is a part of that scope: it is held by those who hold the whole, and by those who hold the part.
    """
    kind, code = (Kind.PERSON, str(person)) if company is None else (Kind.COMPANY, str(company))
    return Scope(kind, code, service=service)


class Holder(Protocol):
    """Who holds permissions at authorities: an actor."""

    def authorities_where(self, permission: Permission, *also: Permission) -> frozenset[str]:
        """The codes of the authorities in which all of these permissions are held."""
        ...


class ScopedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that belong to authorities; the only way from an actor to such rows."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """Those at the authorities in which the actor holds all of these permissions."""
        path: str = self.model.authority_path  # type: ignore[attr-defined]
        return self.filter(**{f"{path}__in": actor.authorities_where(permission, *also)})


class Scoped(models.Model):
    """What belongs to one authority, found from the row by `authority_path`."""

    authority_path: ClassVar[str] = "authority"

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        """The authority to which it belongs, as the scope in which a permission is to be held."""
        *path, last = self.authority_path.split("__")
        found: object = self
        for step in path:
            found = getattr(found, step)
        return authority(getattr(found, f"{last}_id"))
