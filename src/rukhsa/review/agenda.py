"""Agendas: what a committee will decide, when and where, prepared before; its members are invited by mail."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import models, transaction
from django.db.models import Q
from django.utils import formats, timezone, translation
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.review.errors import ReviewError
from rukhsa.review.queue import WaitingMatter
from rukhsa.review.sitting import members
from rukhsa.values.calendar_file import Event, calendar_of

# Assumed: no source says how long a sitting lasts.
LASTS: Final = timedelta(hours=2)
MOST_MATTERS: Final = 50


class AgendaUnfit(ReviewError):
    """An agenda of an unknown committee, in the past, without a place, or of nothing that waits for the committee."""

    code = "agenda-unfit"
    text = _(
        "Enter a day and hour to come, a place, and at least one application that waits for the committee."
    )


class AgendaOver(ReviewError):
    """The sitting was called off, or held."""

    code = "agenda-over"
    text = _("This sitting was held or called off already.")


class CallOffUnexplained(ReviewError):
    """A sitting is called off without a reason."""

    code = "call-off-unexplained"
    text = _("Enter why the sitting is called off. The members read it.")


class AgendaQuerySet(ScopedQuerySet["Agenda"]):
    """Which agendas count."""

    def open(self) -> "AgendaQuerySet":
        """Those whose sitting was neither held nor called off."""
        return self.filter(call_off=None, sittings=None)


class Agenda(Scoped):
    """A committee is called to meet at a moment and a place, on applications in an order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    committee = models.SlugField(max_length=60)
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    prepared_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AgendaQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.CheckConstraint(condition=~Q(place=""), name="an_agenda_has_a_place")]


class AgendaMatter(models.Model):
    """An application on an agenda, at its place in the order."""

    agenda = models.ForeignKey(Agenda, models.PROTECT, related_name="matters")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["agenda", "application"], name="once_on_an_agenda"),
            models.UniqueConstraint(fields=["agenda", "order"], name="one_matter_at_a_place"),
        ]


class CallOff(models.Model):
    """That a sitting will not be held, with the reason that its members are told."""

    agenda = models.OneToOneField(Agenda, models.PROTECT, related_name="call_off")
    reason = models.TextField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@transaction.atomic
def prepare_agenda(
    authority: Authority,
    committee: str,
    starts_at: datetime | None,
    place: str,
    matters: Sequence[uuid.UUID],
    *,
    actor: Actor,
    at: datetime,
) -> Agenda:
    """Call a committee to a sitting on these applications, in this order, and invite its members by mail.

    Raises AgendaUnfit.
    """
    actor.require_somewhere(Permission.CONVENE)
    is_here = actor.holds(Permission.CONVENE, at=authority.scope)
    is_known = committee in territory().committees
    if not (is_here and is_known and place.strip() and starts_at and starts_at > at):
        raise AgendaUnfit
    ordered = list(dict.fromkeys(matters))
    waiting = WaitingMatter.objects.filter(authority=authority, committee=committee, application__in=ordered)
    if not 0 < len(ordered) <= MOST_MATTERS or waiting.count() != len(ordered):
        raise AgendaUnfit
    agenda = Agenda.objects.create(
        authority=authority,
        committee=committee,
        starts_at=starts_at,
        place=place.strip()[:200],
        prepared_by=actor.person,
        at=at,
    )
    AgendaMatter.objects.bulk_create(
        AgendaMatter(agenda=agenda, application_id=pk, order=order)
        for order, pk in enumerate(ordered, start=1)
    )
    record("prepare-agenda", agenda, actor=actor, at=at, committee=committee, matters=len(ordered))
    _invite(agenda, "sitting-called", at=at)
    return agenda


@transaction.atomic
def call_off(agenda: Agenda, reason: str, *, actor: Actor, at: datetime) -> CallOff:
    """Call a sitting off, and tell its members.

    Raises Agenda.DoesNotExist out of reach, AgendaOver, CallOffUnexplained.
    """
    actor.require_somewhere(Permission.CONVENE)
    found = Agenda.objects.on_which(actor, Permission.CONVENE).select_for_update().get(pk=agenda.pk)
    if not reason.strip():
        raise CallOffUnexplained
    if not Agenda.objects.open().filter(pk=found.pk).exists():
        raise AgendaOver
    made = CallOff.objects.create(agenda=found, reason=reason.strip(), officer=actor.person, at=at)
    record("call-off-sitting", found, actor=actor, at=at)
    _invite(found, "sitting-called-off", at=at, reason=made.reason)
    return made


def agendas_of(actor: Actor) -> AgendaQuerySet:
    """The agendas of the actor's authorities, for those who keep sittings, and of the actor's committees."""
    mine = Q(authority__in=actor.authorities_where(Permission.CONVENE))
    for authority, committee in actor.committees_where(Permission.VOTE):
        mine |= Q(authority=authority, committee=committee)
    return Agenda.objects.filter(mine)


def _invite(agenda: Agenda, kind: str, *, at: datetime, reason: str = "") -> None:
    """Write to each member, in the member's language, with a file for the calendar."""
    from rukhsa.staff.letter import tell  # the verifier's process has no staff

    rule = territory().committees[agenda.committee]
    authority = agenda.authority.name(on=timezone.localdate(at))
    event = Event(
        uid=f"sitting-{agenda.pk}",
        sequence=1 if reason else 0,
        stamped=at,
        starts=agenda.starts_at,
        ends=agenda.starts_at + LASTS,
        summary="",
        location=agenda.place,
        is_cancelled=bool(reason),
    )
    for member in members(agenda.authority_id, agenda.committee, on=timezone.localdate(agenda.starts_at)):
        with translation.override(member.language):
            when = formats.date_format(timezone.localtime(agenda.starts_at), "DATETIME_FORMAT")
            named = f"{rule.name.in_language(member.language)} – {authority.in_language(member.language)}"
        calendar = calendar_of(replace(event, summary=named)).decode()
        details = "\n".join(filter(None, [named, when, agenda.place, reason]))
        tell(member, kind, at=at, details=details, calendar=calendar)
