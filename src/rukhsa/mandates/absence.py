"""Absences: an officer is away until a day, and the deputy has the officer's cases and mandates meanwhile."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.mandates.deputy import Deputy
from rukhsa.mandates.errors import MandateError


class DayOver(MandateError):
    """An absence until a day that is over."""

    code = "day-over"
    text = _("Choose today or a later day.")


class AbsenceQuerySet(ScopedQuerySet["Absence"]):
    """Who is away."""

    def in_force(self, *, at: datetime) -> "AbsenceQuerySet":
        """Those that hold at a moment."""
        day = timezone.localdate(at)
        lasting = Q(end=None) | Q(end__at__gt=at)
        return self.filter(lasting, starts_on__lte=day, until__gte=day, at__lte=at)


class Absence(Scoped):
    """That an officer is away from an authority until the end of a day, and who is the deputy, if one is named."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    until = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="absence_in_order"),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("officer")), name="absent_with_another_as_deputy"
            ),
        ]
        indexes = [
            models.Index(fields=["deputy", "until"], name="absences_of_deputy"),
            models.Index(fields=["officer", "until"], name="absences_of_officer"),
            models.Index(fields=["authority", "until"], name="absences_of_authority"),
        ]


class AbsenceEnd(models.Model):
    """That an absence ended before its last day."""

    absence = models.OneToOneField(Absence, models.PROTECT, related_name="end")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@transaction.atomic
def go_away(officer: Person, until: date, *, actor: Actor, at: datetime) -> list[Absence]:
    """Say that an officer is away from now until the end of a day, at each authority where the actor may say so: the
    officer at every one of their own, a supervisor at theirs.

    The deputy that was signed there has the officer's cases and mandates meanwhile. An absence that holds already ends.
    Raises DayOver, NotPermitted.
    """
    day = timezone.localdate(at)
    if until < day:
        raise DayOver
    permission = Permission.CHECK if actor.person == officer else Permission.PROPOSE_MANDATE
    actor.require_somewhere(permission)
    places = _places_of(officer, day) & actor.authorities_where(permission)
    deputies = dict(Deputy.objects.signed().filter(officer=officer).values_list("authority", "deputy"))
    _end(Absence.objects.in_force(at=at).filter(officer=officer, authority__in=places), actor=actor, at=at)
    absences = [
        Absence(
            authority_id=place,
            officer=officer,
            deputy_id=deputies.get(place),
            starts_on=day,
            until=until,
            by=actor.person,
            at=at,
        )
        for place in sorted(places)
    ]
    made = Absence.objects.bulk_create(absences)
    for absence in made:
        record("go-away", officer, actor=actor, at=at, authority=absence.authority_id, until=str(until))
    return made


@transaction.atomic
def come_back(officer: Person, *, actor: Actor, at: datetime) -> None:
    """End the absences of an officer, as the officer or a supervisor. Raises NotPermitted."""
    permission = Permission.CHECK if actor.person == officer else Permission.PROPOSE_MANDATE
    actor.require_somewhere(permission)
    places = actor.authorities_where(permission)
    _end(Absence.objects.in_force(at=at).filter(officer=officer, authority__in=places), actor=actor, at=at)
    for place in sorted(places & _places_of(officer, timezone.localdate(at))):
        record("come-back", officer, actor=actor, at=at, authority=place)


def absent_with_deputy(deputy: UUID, *, at: datetime) -> QuerySet[Absence]:
    """The absences in which a person is the deputy at a moment."""
    return Absence.objects.in_force(at=at).filter(deputy=deputy)


def represented_by(deputy: Person, *, at: datetime) -> QuerySet[Any, UUID]:
    """The keys of the people whose deputy a person is at a moment."""
    return absent_with_deputy(deputy.pk, at=at).values_list("officer", flat=True)


def is_away(officer: Person, authority: str, *, at: datetime) -> bool:
    """Whether an officer is away from an authority at a moment."""
    return Absence.objects.in_force(at=at).filter(officer=officer, authority=authority).exists()


def _places_of(officer: Person, day: date) -> frozenset[str]:
    held = officer.posts.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
    return frozenset(held.exclude(authority=None).values_list("authority_id", flat=True))


def _end(absences: AbsenceQuerySet, *, actor: Actor, at: datetime) -> None:
    ends = [AbsenceEnd(absence=each, by=actor.person, at=at) for each in absences]
    AbsenceEnd.objects.bulk_create(ends, ignore_conflicts=True)
