"""Rounds: the visits that an inspector makes on a day, in their order."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.audit.journal import record, record_each
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.authorities.models import Authority, Post
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.review.appointment import standing_appointments
from rukhsa.review.inspection import Inspection, InspectionQuerySet
from rukhsa.review.queue import WaitingInspection
from rukhsa.rounds.errors import FixedOnAnotherDay, NoInspector, NothingChosen, RoundFull, RoundOver
from rukhsa.rounds.nearest_next import Call, in_course
from rukhsa.rounds.visit_point import points_of

MOST_STOPS: Final = 40
BEGINS: Final = time(8)  # assumed: a day in the field begins at eight


class Round(Scoped):
    """What an inspector of an authority visits on a day; its stops say which visits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    inspector = models.ForeignKey(Person, models.PROTECT, related_name="+")
    day = models.DateField()
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet["Round"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "inspector", "day"], name="one_round_a_day")
        ]
        indexes = [models.Index(fields=["authority", "day"], name="rounds_of_a_day")]

    def require_planner(self, actor: Actor) -> None:
        """Raise NotPermitted unless the round is the actor's own, or the actor plans all rounds of its authority."""
        if self.inspector_id != actor.person.pk:
            actor.require(Permission.PLAN_ALL_ROUNDS, at=self.scope)


class StopQuerySet(models.QuerySet["Stop"]):
    """Stops of rounds."""

    def standing(self) -> "StopQuerySet":
        """The newest of each visit, which alone counts."""
        newer = Stop.objects.filter(inspection=OuterRef("inspection"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer))

    def of(self, round_: Round) -> "StopQuerySet":
        """The stops of a round in their order, as they stand now."""
        return self.standing().filter(round=round_).order_by("position", "pk")


class Stop(models.Model):
    """That a visit is made in a round as its `position`th, or in none; the newest one of a visit counts."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="stops")
    position = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StopQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["inspection", "-id"], name="stops_newest_first"),
            models.Index(fields=["round", "position"], name="stops_of_a_round"),
        ]


@transaction.atomic
def plan_round(
    inspections: Iterable[uuid.UUID], inspector: Person, day: date, *, actor: Actor, at: datetime
) -> Round:
    """Let an inspector make these visits on a day, with those that the round has already, in the order of a course.

    A visit that was in another round leaves it. Inspectors plan their own rounds; who assigns cases plans for all.
    Raises NotPermitted, NothingChosen, RoundOver, NoInspector, RoundFull, FixedOnAnotherDay.
    """
    actor.require_somewhere(Permission.PLAN_ROUND)
    if day < timezone.localdate(at):
        raise RoundOver
    chosen = list(_open_on_which(actor, inspector).filter(pk__in=list(inspections)))
    authorities = {each.application.authority_id for each in chosen}
    if not chosen:
        raise NothingChosen
    if len(authorities) > 1 or inspector not in inspectors_of(authorities, on=day):
        raise NoInspector
    _require_day(chosen, day)
    planned, _new = Round.objects.get_or_create(
        authority_id=authorities.pop(),
        inspector=inspector,
        day=day,
        defaults={"planned_by": actor.person, "at": at},
    )
    Round.objects.select_for_update().get(pk=planned.pk)
    standing = visits_of_round(planned).exclude(pk__in=[each.pk for each in chosen])
    _put_in_order(planned, [*standing, *chosen], actor, at)
    record_each("plan-visit", chosen, actor=actor, at=at, round=str(planned.pk), day=str(day))
    return planned


@transaction.atomic
def hand_on(planned: Round, inspector: Person, day: date, *, actor: Actor, at: datetime) -> Round:
    """Let another inspector make the visits of a round that are still open, on the same day or another.

    For one who is away: appointments stay fixed on their day. Raises as `plan_round`.
    """
    planned = Round.objects.on_which(actor, Permission.PLAN_ROUND).get(pk=planned.pk)
    planned.require_planner(actor)
    visits = list(visits_of_round(planned).values_list("pk", flat=True))
    return plan_round(visits, inspector, day, actor=actor, at=at)


@transaction.atomic
def take_off(planned: Round, inspection: uuid.UUID, *, actor: Actor, at: datetime) -> None:
    """Take a visit out of a round, so that it waits to be planned again; done before it changes nothing."""
    planned = Round.objects.on_which(actor, Permission.PLAN_ROUND).select_for_update().get(pk=planned.pk)
    planned.require_planner(actor)
    stop = Stop.objects.of(planned).filter(inspection=inspection).select_related("inspection").first()
    if stop is None:
        return
    Stop.objects.create(inspection=stop.inspection, round=None, by=actor.person, at=at)
    record("take-visit-off", stop.inspection, actor=actor, at=at, round=str(planned.pk))


def visits_of_round(planned: Round) -> InspectionQuerySet:
    """The visits of a round that are still open, in the order in which they are made."""
    stops = Stop.objects.of(planned)
    here = stops.filter(inspection=OuterRef("pk")).order_by().values("position")[:1]
    visits = Inspection.objects.open().filter(pk__in=stops.order_by().values("inspection"))
    return visits.annotate(position=Subquery(here)).order_by("position", "pk")


def visits_of_day(actor: Actor, *, on: date) -> QuerySet[WaitingInspection]:
    """The visits that wait for an inspector on a day: those of the inspector's rounds until that day, and those in no
    round of another inspector that are due by then."""
    planned = Stop.objects.standing().filter(round__isnull=False)
    mine = planned.filter(round__inspector=actor.person, round__day__lte=on)
    others = planned.exclude(round__inspector=actor.person)
    end = datetime.combine(on + timedelta(days=1), time(), timezone.get_current_timezone())
    here = WaitingInspection.objects.filter(authority__in=actor.authorities_where(Permission.INSPECT))
    is_due = Q(due_at__lte=end) & ~Q(pk__in=others.values("inspection"))
    return here.filter(Q(pk__in=mine.values("inspection")) | is_due)


def unplanned(actor: Actor) -> InspectionQuerySet:
    """The visits that wait for a report and are in no round of today or later, the most urgent first."""
    newest = Stop.objects.filter(inspection=OuterRef("pk")).order_by("-pk")
    here = actor.authorities_where(Permission.PLAN_ROUND)
    waiting = Inspection.objects.filter(waiting__authority__in=here).open()
    waiting = waiting.annotate(planned_on=Subquery(newest.values("round__day")[:1]))
    return waiting.order_by("waiting__due_at", "waiting")


def inspectors_of(authorities: Iterable[str | None], *, on: date) -> QuerySet[Person]:
    """The people who inspect for all of these authorities on a day."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.INSPECT in granted]
    people = Person.objects.filter(is_active=True)
    for authority in authorities:
        held = Post.objects.in_force(on=on).filter(role__in=roles, authority=authority)
        people = people.filter(pk__in=held.values("person"))
    return people.order_by("name_en", "pk")


def inspectors_by_visit(visits: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Of each visit that is in a round, the inspector who makes it."""
    stops = Stop.objects.standing().filter(inspection__in=list(visits), round__isnull=False)
    return dict(stops.values_list("inspection", "round__inspector"))


def _open_on_which(actor: Actor, inspector: Person) -> InspectionQuerySet:
    """The open visits that the actor may give to an inspector."""
    also = () if inspector == actor.person else (Permission.PLAN_ALL_ROUNDS,)
    if not actor.holds_somewhere(Permission.PLAN_ROUND, *also):
        raise NotPermitted(Permission.PLAN_ROUND, *also)
    visits = Inspection.objects.on_which(actor, Permission.PLAN_ROUND, *also).open()
    return visits.select_related("application__service_version")


def _require_day(inspections: Sequence[Inspection], day: date) -> None:
    fixed = standing_appointments(inspections)
    if any(timezone.localdate(each.time.starts_at) != day for each in fixed.values()):
        raise FixedOnAnotherDay


def _put_in_order(planned: Round, visits: Sequence[Inspection], actor: Actor, at: datetime) -> None:
    """Write the stops of a round in the order of a course; a stop that stays where it is is not written again."""
    if len(visits) > MOST_STOPS:
        raise RoundFull
    points, fixed = points_of(visits, on=planned.day), standing_appointments(visits)
    calls = [
        Call(key=each.pk, point=points.get(each.pk), fixed_at=fixed[each.pk].time.starts_at)
        if each.pk in fixed
        else Call(key=each.pk, point=points.get(each.pk))
        for each in visits
    ]
    begins = timezone.make_aware(datetime.combine(planned.day, BEGINS))
    stood = dict(Stop.objects.of(planned).values_list("inspection", "position"))
    order: list[Any] = [call.key for call in in_course(calls, begins=begins)]
    Stop.objects.bulk_create(
        Stop(inspection_id=key, round=planned, position=position, by=actor.person, at=at)
        for position, key in enumerate(order, 1)
        if stood.get(key) != position
    )
