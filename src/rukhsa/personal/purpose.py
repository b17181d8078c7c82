"""Purposes: why a member of staff opens an application that is not theirs, said before anything of it is shown."""

from datetime import datetime
from typing import Final

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.errors import RukhsaError
from rukhsa.mandates.absence import represented_by
from rukhsa.review.assignment import Assignment
from rukhsa.review.models import DrawnGrant
from rukhsa.review.queue import QueueEntry

LONGEST = 400  # characters
SHORTEST = 10
# Acts by which an officer took part in examining and deciding.
_WORK: Final = (
    *("check", "return", "refer", "resolve-silence", "grant", "refuse", "reopen"),
    *("propose-decision", "disagree", "write-minutes"),
)


class PersonalError(RukhsaError):
    """The family of what is refused about people's data."""

    code = "personal"


class PurposeMissing(PersonalError):
    """The application is not the actor's own work, and no purpose was given today."""

    code = "purpose-missing"
    text = _("This application is not assigned to you. Say why you open it first.")

    def __init__(self, application: Application) -> None:
        super().__init__(str(application.pk))
        self.application = application


class PurposeUnclear(PersonalError):
    """A purpose without a kind, or in too few words."""

    code = "purpose-unclear"
    text = _("Choose a purpose, and say in at least 10 characters what you need.")


class PurposeKind(models.TextChoices):
    """What an application that is not one's own is opened for."""

    SUPERVISION = "supervision", _("To supervise the work of an officer")
    COVER = "cover", _("To stand in for a colleague")
    QUESTION = "question", _("To answer a question of the applicant or of an agency")
    RELATED = "related", _("To examine another application that depends on it")
    COMPLAINT = "complaint", _("To look into a complaint or an objection")
    INSPECTION = "inspection", _("To prepare a visit or look into a violation")
    AUDIT = "audit", _("To audit")
    OTHER = "other", _("For another purpose")


class Purpose(Scoped):
    """Why a person opened an application, in a kind and in words. Written once."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=PurposeKind)
    words = models.CharField(max_length=LONGEST)
    at = models.DateTimeField()

    objects = ScopedQuerySet["Purpose"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["application", "person", "-at"], name="purposes_of_application"),
            models.Index(fields=["authority", "-id"], name="purposes_of_authority"),
        ]


def require_purpose(application: Application, actor: Actor, *, at: datetime) -> None:
    """Raise PurposeMissing unless the application is the actor's own work, or a purpose was given for it today.

    Nothing is read for what the actor has in hand and for what waits for an officer to take it.
    """
    if not (is_own_work(application, actor, at=at) or _given(application, actor, at)):
        raise PurposeMissing(application)


@transaction.atomic
def give_purpose(application: Application, kind: str, words: str, *, actor: Actor, at: datetime) -> Purpose:
    """Keep why the actor opens the application; it holds until the end of the day. Raises PurposeUnclear."""
    words = " ".join(words.replace("\x00", "").split())[:LONGEST]
    if kind not in PurposeKind or len(words) < SHORTEST:
        raise PurposeUnclear
    given = Purpose.objects.create(
        application=application,
        authority_id=application.authority_id or "",
        person=actor.person,
        kind=kind,
        words=words,
        at=at,
    )
    record("give-purpose", application, actor=actor, at=at, purpose=kind)
    return given


def is_own_work(application: Application, actor: Actor, *, at: datetime) -> bool:
    """Whether the actor has it in hand, could take it, was asked for a visit or a second hand, or took part in it."""
    if not actor.holds(Permission.CHECK, at=application.scope):
        # What these may open was narrowed before to what a visit, a referral or a committee brought them.
        return True
    entry: QueueEntry | None = getattr(application, "queue_entry", None)
    me = actor.person
    if entry is None and application.stage in OPEN_STAGES:
        return True  # it was submitted a moment ago, and is put into the queue in the next
    if entry and _is_in_reach(entry, actor, at):
        return True
    if entry and entry.officer_id and represented_by(me, at=at).filter(officer=entry.officer_id).exists():
        return True
    given = Assignment.objects.filter(application=OuterRef("pk"), officer=me)
    acted = JournalEntry.objects.filter(application=OuterRef("pk"), actor=me.pk, act__in=_WORK)
    drawn = DrawnGrant.objects.for_another(me).filter(decision__application=OuterRef("pk"))
    mine = Exists(given) | Exists(acted) | Exists(drawn)
    return Application.objects.filter(mine, pk=application.pk).exists()


def _is_in_reach(entry: QueueEntry, actor: Actor, at: datetime) -> bool:
    me = actor.person.pk
    if entry.officer_id == me or (entry.held_by_id == me and entry.held_until and entry.held_until > at):
        return True
    offices = actor.offices_at(entry.authority_id)
    is_of_my_office = offices is None or entry.office in {"", *offices}
    waits_for_a_second = entry.proposed_by_id is not None and entry.proposed_by_id != me
    return is_of_my_office and (entry.officer_id is None or waits_for_a_second)


def _given(application: Application, actor: Actor, at: datetime) -> bool:
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    given = Purpose.objects.filter(application=application, person=actor.person)
    return given.filter(at__gte=day, at__lte=at).exists()
