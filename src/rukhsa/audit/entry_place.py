"""Where an entry of the journal belongs: the authority whose part of the journal has it, and the application."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.audit.security import OF_THE_HOUSE
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post
from rukhsa.authorities.scope import Scoped

OF_ALL: Final = "*"  # what concerns every authority: what operators do, and the keys of agencies' systems
OF_SEVERAL: Final = (
    "+"  # those that `detail` names: a look at a list by holders of posts in several authorities
)
OF_NONE: Final = ""  # what an applicant does before there is an authority, and what belongs to no authority
_APPLICATION: Final = "applications.application"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The authority by its code, or one of the signs above, and the application that an entry is about."""

    authority: str
    application: UUID | None = None
    is_of_subject: bool = False  # else the authority is that of the posts of who acted
    several: tuple[str, ...] = ()


def place_of(subject: Model, actor: Actor | None, detail: dict[str, Any]) -> Place:
    """Where an act belongs: to the authority of its subject, or else to that of the posts of who acted."""
    if isinstance(subject, Scoped):
        application = application_of(subject)
        if code := subject.scope.code:
            return Place(authority=code, application=application, is_of_subject=True)
        if application or not (actor and actor.is_staff):
            return Place(authority=OF_NONE, application=application)
    if isinstance(subject, Authority):
        return Place(authority=subject.code)
    named = detail.get("authority")
    if isinstance(named, str) and named:
        return Place(authority=named)
    return _of(actor.places if actor and actor.is_staff else ())


def of_person(person: Person, *, at: datetime) -> Place:
    """Where an event of an account of the staff belongs: to the authority of the posts held that day."""
    held = Post.objects.in_force(on=timezone.localdate(at)).filter(person=person, authority__isnull=False)
    return _of(str(code) for code in held.values_list("authority", flat=True))


def of_act(act: str, place: Place) -> Place:
    """The same place, or that of all where an act concerns every authority."""
    return Place(authority=OF_ALL) if act in OF_THE_HOUSE else place


def application_of(subject: Scoped) -> UUID | None:
    """The application of a row, where its authority is found through one.

    What is issued has none of its own where it corrects an earlier version, and says that one's (`issuance.Intent`).
    """
    if subject._meta.label_lower == _APPLICATION:
        return UUID(str(subject.pk))
    path = application_path(type(subject))
    if not path:
        return None
    found: object = subject
    *way, last = path
    for step in way:
        found = getattr(found, step)
    value = getattr(found, f"{last}_id") or getattr(found, "earlier_application", None)
    return UUID(str(value)) if value else None


def application_path(kind: type[Scoped]) -> list[str]:
    """The way from a row to its application; empty where there is none."""
    *path, _authority = kind.authority_path.split("__")
    if path and path[-1] == "intent":
        return [*path, "application"]
    return path if path and path[-1] == "application" else []


def _of(found: Iterable[str]) -> Place:
    """The one authority, or the several of them."""
    codes = sorted(set(found))
    if len(codes) > 1:
        return Place(authority=OF_SEVERAL, several=tuple(codes))
    return Place(authority=codes[0] if codes else OF_NONE)
