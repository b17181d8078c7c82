"""Appointments of visits: the inspector offers times, the applicant chooses one and may move it until a day before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import lock
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import plan
from rukhsa.review.errors import Closed, ReviewError
from rukhsa.review.inspection import Inspection

# Assumed: no source states when a visit can still be moved, how long one takes, or how many times are offered.
MOVABLE_UNTIL: Final = timedelta(hours=24)
LASTS: Final = timedelta(hours=2)
MOST_OFFERED: Final = 6


class TimeGone(ReviewError):
    """The time is not offered any more, or begins too soon."""

    code = "time-gone"
    text = _("This time is not offered any more. Choose another one.")


class TooLateToMove(ReviewError):
    """The visit begins within a day."""

    code = "too-late-to-move"
    text = _(
        "The visit is less than 24 hours away and cannot be moved here. Write a message to the authority."
    )


class NoTimeOffered(ReviewError):
    """No time, or one that is not in the future, or more than are taken."""

    code = "no-time-offered"
    text = _("Give one to six times, each at least 24 hours from now.")


class NothingToMove(ReviewError):
    """No time was chosen for the visit, or no reason was given why it moves."""

    code = "no-appointment-to-move"
    text = _("Write why the visit cannot be at the chosen time. The applicant reads it.")


class OfferedTime(models.Model):
    """A time at which an inspector could come."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="offered_times")
    starts_at = models.DateTimeField()
    offered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "starts_at"], name="a_time_is_offered_once")
        ]

    @property
    def ends_at(self) -> datetime:
        """When the visit is over at the latest."""
        return self.starts_at + LASTS


class Appointment(models.Model):
    """That the applicant chose a time; the newest one of a visit counts."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="appointments")
    time = models.ForeignKey(OfferedTime, models.PROTECT, related_name="+")
    chosen_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class CalledOff(models.Model):
    """That the authority cannot come at the time that was chosen, and why."""

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="called_off")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit that is still to be made: the times to choose from, and the one that was chosen.

    `called_off` is the time that was chosen last, where the authority cannot come then.
    """

    inspection: Inspection
    times: tuple[OfferedTime, ...]
    chosen: Appointment | None
    may_choose: bool
    called_off: CalledOff | None = None


@transaction.atomic
def offer(
    inspection: Inspection, starts: Iterable[datetime], *, actor: Actor, at: datetime
) -> list[OfferedTime]:
    """Offer times for a visit; one that is offered already stays. Raises Closed, NoTimeOffered; DoesNotExist."""
    inspection = Inspection.objects.on_which(actor, Permission.INSPECT).get(pk=inspection.pk)
    lock(inspection.application)
    wanted = sorted(set(starts))
    if not 1 <= len(wanted) <= MOST_OFFERED or wanted[0] < at + MOVABLE_UNTIL:
        raise NoTimeOffered
    if not Inspection.objects.open().filter(pk=inspection.pk).exists():
        raise Closed
    made = [
        OfferedTime.objects.get_or_create(
            inspection=inspection, starts_at=each, defaults={"offered_by": actor.person, "offered_at": at}
        )[0]
        for each in wanted
    ]
    record("offer-times", inspection, actor=actor, at=at, count=len(made))
    advance_soon(inspection.application_id)
    return made


@transaction.atomic
def move(
    inspection: Inspection, starts: Iterable[datetime], reason: str, *, actor: Actor, at: datetime
) -> CalledOff:
    """Call off the time that the applicant chose, and offer others. The applicant is told why, and chooses again.

    Raises NothingToMove, and what `offer` raises.
    """
    reason = reason.strip()
    lock(inspection.application)
    chosen = appointment_of(inspection)
    if chosen is None or not reason:
        raise NothingToMove
    offer(inspection, starts, actor=actor, at=at)
    made, new = CalledOff.objects.get_or_create(
        appointment=chosen, defaults={"reason": reason, "by": actor.person, "at": at}
    )
    if new:
        record("call-off-visit", inspection, actor=actor, at=at)
    return made


@transaction.atomic
def choose(application: Application, time: int, *, actor: Actor, at: datetime) -> Appointment:
    """Choose one of the offered times, or move the visit to it; the same again changes nothing.

    Raises TimeGone, TooLateToMove.
    """
    actor.require(Permission.APPLY, at=application.part)
    lock(application)
    visits = [each for each in visits_of(application, at=at) if any(one.pk == time for one in each.times)]
    if not visits:
        raise TimeGone
    [visit] = visits
    if visit.chosen and visit.chosen.time_id == time:
        return visit.chosen
    if not visit.may_choose:
        raise TooLateToMove
    chosen = next(one for one in visit.times if one.pk == time)
    appointment = Appointment.objects.create(
        inspection=visit.inspection, time=chosen, chosen_by=actor.person, at=at
    )
    record("choose-time", visit.inspection, actor=actor, at=at, moved=visit.chosen is not None)
    advance_soon(application.pk)
    return appointment


def visits_of(application: Application, *, at: datetime) -> list[Visit]:
    """The open visits of an application for which times were offered, in three queries where it may have any."""
    if not plan.may_have_visits(application):
        return []
    open_ = Inspection.objects.open().filter(application=application, offered_times__isnull=False).distinct()
    chosen = Prefetch("appointments", Appointment.objects.select_related("time", "called_off"))
    found = open_.prefetch_related("offered_times", chosen).order_by("ordered_at")
    return [visit_of(each, at) for each in found]


def appointment_of(inspection: Inspection) -> Appointment | None:
    """The time that was chosen last, unless it was called off."""
    return standing_appointments([inspection]).get(inspection.pk)


def standing_appointments(inspections: Iterable[Inspection]) -> dict[UUID, Appointment]:
    """The time that was chosen last for each visit that has one, unless it was called off; one query."""
    keys = [each.pk for each in inspections]
    chosen = Appointment.objects.filter(inspection__in=keys).select_related("time", "called_off")
    newest = {each.inspection_id: each for each in chosen.order_by("id")}
    return {key: each for key, each in newest.items() if not hasattr(each, "called_off")}


def visit_of(inspection: Inspection, at: datetime) -> Visit:
    """A visit whose times and appointments were fetched."""
    chosen = next(reversed(inspection.appointments.all()), None)
    called_off = getattr(chosen, "called_off", None)
    chosen = None if called_off else chosen
    gone = {each.time_id for each in inspection.appointments.all() if hasattr(each, "called_off")}
    times = [
        each
        for each in inspection.offered_times.all()
        if each.starts_at >= at + MOVABLE_UNTIL and each.pk not in gone
    ]
    if chosen and chosen.time not in times:
        times.append(chosen.time)
    return Visit(
        inspection=inspection,
        times=tuple(sorted(times, key=lambda each: each.starts_at)),
        chosen=chosen,
        may_choose=chosen is None or chosen.time.starts_at >= at + MOVABLE_UNTIL,
        called_off=called_off,
    )
