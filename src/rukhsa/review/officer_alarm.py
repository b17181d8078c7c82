"""Alarms: an officer decided far more on a day than usual, or outside working hours."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Final, NamedTuple
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority, Post
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.review.decision import Decision

# The rules. Assumed: no source states them, and each is told on the page of the alarms.
FEWEST: Final = 20  # decisions of a day; fewer are never too many
TIMES_THE_USUAL: Final = 3
BEFORE: Final = timedelta(days=60)  # the days with which a day is compared
FEWEST_AT_ODD_HOURS: Final = 3
OPENS, CLOSES = time(6), time(20)


class Kind(models.TextChoices):
    """What is unusual."""

    VOLUME = "volume"
    HOURS = "hours"


class OfficerAlarm(Scoped):
    """What was unusual about the decisions of an officer on a day. It accuses no one: a person looks at it."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    day = models.DateField()
    count = models.PositiveIntegerField()  # decisions of that day, or those of them at odd hours
    usual = models.PositiveIntegerField()  # the median of the days before; 0 for hours
    at = models.DateTimeField()

    objects = ScopedQuerySet["OfficerAlarm"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "officer", "kind", "day"], name="one_alarm_of_a_kind_a_day"
            )
        ]
        indexes = [models.Index(fields=["authority", "-day", "-id"], name="officer_alarms_newest_first")]


class Officer(NamedTuple):
    """An officer at an authority."""

    authority: str
    person: UUID


@dataclass(frozen=True, kw_only=True)
class Unusual:
    """What a rule found."""

    officer: Officer
    kind: Kind
    count: int
    usual: int = 0


@transaction.atomic
def watch(day: date, *, at: datetime) -> int:
    """Look at the decisions of a day that is over, and tell supervisors and security officers of what is unusual.

    It reads the decisions of that day and counts those of the 60 days before; a second time tells nothing.
    """
    found = [*_too_many(day), *_at_odd_hours(day)]
    alarms = [
        OfficerAlarm(
            authority_id=each.officer.authority,
            officer_id=each.officer.person,
            kind=each.kind,
            day=day,
            count=each.count,
            usual=each.usual,
            at=at,
        )
        for each in found
    ]
    known = set(OfficerAlarm.objects.filter(day=day).values_list("authority", "officer", "kind"))
    new = [each for each in alarms if (each.authority_id, each.officer_id, each.kind) not in known]
    for each in OfficerAlarm.objects.bulk_create(new):
        record("alarm-officer", each, actor=None, at=at, kind=each.kind, count=each.count)
    _tell(new, at=at)
    return len(new)


def is_too_many(count: int, days_before: Iterable[int]) -> bool:
    """Whether a day's decisions are too many beside those of the days before on which the officer decided any."""
    return count >= FEWEST and count > TIMES_THE_USUAL * usual_of(days_before)


def usual_of(days_before: Iterable[int]) -> int:
    """The median of the days on which the officer decided any; 0 where there is none."""
    counts = list(days_before)
    return int(median(counts)) if counts else 0


def _too_many(day: date) -> Iterator[Unusual]:
    counts: defaultdict[Officer, dict[date, int]] = defaultdict(dict)
    by_day = _decisions(day - BEFORE, day).annotate(day=TruncDate("at", tzinfo=territory().zone))
    grouped = by_day.values("application__authority", "officer", "day").annotate(number=Count("pk"))
    for authority, officer, on, number in grouped.values_list(
        "application__authority", "officer", "day", "number"
    ):
        counts[Officer(authority, officer)][on] = number
    for each, of in counts.items():
        before = [number for on, number in of.items() if on != day]
        if is_too_many(of.get(day, 0), before):
            yield Unusual(officer=each, kind=Kind.VOLUME, count=of[day], usual=usual_of(before))


def _at_odd_hours(day: date) -> Iterator[Unusual]:
    """Those who decided several times at night, or on a day on which their authority does not work."""
    counts: Counter[Officer] = Counter()
    rows = _decisions(day, day).values_list("application__authority", "officer", "at")
    for authority, officer, moment in rows.iterator():
        works = territory().calendar_of(authority).is_working(day)
        if not works or not OPENS <= moment.astimezone(territory().zone).time() < CLOSES:
            counts[Officer(authority, officer)] += 1
    for each, count in counts.items():
        if count >= FEWEST_AT_ODD_HOURS:
            yield Unusual(officer=each, kind=Kind.HOURS, count=count)


def _decisions(first: date, last: date) -> models.QuerySet[Decision]:
    begin, end = territory().bounds(first)[0], territory().bounds(last)[1]
    return Decision.objects.filter(at__gte=begin, at__lt=end, officer__isnull=False)


def _tell(alarms: list[OfficerAlarm], *, at: datetime) -> None:
    from rukhsa.staff.letter import tell  # the verifier's process has no staff

    counts = Counter(each.authority_id for each in alarms)
    roles = [role for role, granted in PERMISSIONS.items() if Permission.READ_ALARMS in granted]
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(role__in=roles, authority__in=counts)
    for post in posts.filter(person__is_active=True).select_related("person"):
        tell(post.person, "officer-alarm", at=at, about=str(counts[post.authority_id or ""]))
