"""The work of an office: its services, open applications and posts, and where they go when the office ends."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from rukhsa.authorities.models import Authority, Office, Post
from rukhsa.catalogue.in_force import OFFICE
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.office import office_now, open_offices
from rukhsa.catalogue.steps import CheckStep
from rukhsa.catalogue.territory_change import FRESH, TerritoryChange, register_kind
from rukhsa.errors import RukhsaError
from rukhsa.jobs import advance_soon
from rukhsa.review.queue import QueueEntry, QueueEntryQuerySet
from rukhsa.values.names import Text

LONGEST: Final = 120  # characters of a name
CODE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class OfficeUnfit(RukhsaError):
    """An office without a code or a name, or one whose work goes to no open office."""

    code = "office-unfit"


class OfficeHasWork(RukhsaError):
    """An office with services, open applications or posts is to end, and no office takes over."""

    code = "office-has-work"


@dataclass(frozen=True, kw_only=True)
class Work:
    """What an office has: how many open applications and posts, and the names of the services that name it."""

    services: tuple[Text, ...]
    applications: int
    posts: int

    @property
    def is_none(self) -> bool:
        """Whether nothing would be left without an office."""
        return not (self.services or self.applications or self.posts)


def work_of(code: str, *, at: datetime) -> Work:
    """What an office has at a moment, in all authorities together."""
    versions = _versions_of(code)
    names = ServiceVersion.objects.names([each.pk for each in versions])
    return Work(
        services=tuple(dict.fromkeys(names[each.pk] for each in versions)),
        applications=QueueEntry.objects.filter(office=code).count(),
        posts=_posts_in(code, at).count(),
    )


def _versions_of(code: str) -> list[ServiceVersion]:
    """The versions in effect, and those published for later, of the services that come to an office today."""
    current = ServiceVersion.objects.current()
    later = ServiceVersion.objects.filter(effective_on__gt=timezone.localdate())
    return [each for each in {*current, *later} if code in _offices_of(each)]


def _offices_of(version: ServiceVersion) -> set[str]:
    steps = version.definition.steps
    return {office_now(step.office) for step in steps if isinstance(step, CheckStep)}


def _posts_in(code: str, at: datetime) -> Any:
    lasting = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate(at))
    return Post.objects.filter(lasting, office__code=code)


def _check(key: str, value: Any) -> None:
    """Raises OfficeUnfit, OfficeHasWork."""
    names = [value["ar"].strip(), value["en"].strip()]
    if not CODE.fullmatch(key) or not all(names) or any(len(each) > LONGEST for each in names):
        raise OfficeUnfit(key)
    if not value.get("ended"):
        return
    to = value.get("to", "")
    if to and (to not in open_offices() or to == key):
        raise OfficeUnfit(key)
    if not to and not work_of(key, at=timezone.now()).is_none:
        raise OfficeHasWork(key)


def _carry_out(change: TerritoryChange, at: datetime) -> None:
    """Write the office of every authority; where it ends, its posts and open applications go to the next one.

    What happened since the proposal is looked at again. Raises OfficeUnfit, OfficeHasWork.
    """
    value = change.value
    to = value.get("to", "") if value and value.get("ended") else ""
    if to and to not in open_offices():
        raise OfficeUnfit(change.key)
    if (value is None or value.get("ended")) and not to and not work_of(change.key, at=at).is_none:
        raise OfficeHasWork(change.key)
    if value is None:  # its addition is undone
        return
    rows = [
        Office(authority=each, code=change.key, name_ar=value["ar"], name_en=value["en"])
        for each in Authority.objects.all()
    ]
    Office.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["authority", "code"],
        update_fields=["name_ar", "name_en"],
    )
    if to:
        _move_posts(change.key, to, at)
    for pk in _coming_to(change.key, to).values_list("pk", flat=True):
        # Drawn again once every process has read the change.
        advance_soon(pk, priority=0, not_before=at + timedelta(seconds=2 * FRESH))


def _move_posts(code: str, to: str, at: datetime) -> None:
    """A post that moves stays the same post: its mandates hold on."""
    for office in Office.objects.filter(code=to):
        _posts_in(code, at).filter(authority=office.authority_id).update(office=office)


def _coming_to(code: str, to: str) -> QueueEntryQuerySet:
    """The open applications that the office has, or that come back to it where it opens again."""
    services = {each.service for each in [*_versions_of(code), *(_versions_of(to) if to else [])]}
    return QueueEntry.objects.filter(Q(office=code) | Q(service__in=services))


def register() -> None:
    """Say what an office is and what follows from a change of one."""
    register_kind(OFFICE, check=_check, effect=_carry_out)
