"""Silence: an agency that has not answered at its term. It never approves by itself: a supervisor goes on with reasons,
asks another agency, or waits until a new day."""

from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, queue
from rukhsa.review.deadline import deadline, due_soon
from rukhsa.review.errors import Closed, ReviewError
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Referral, renew, step_of

A_SWEEP = 200


class NotSilentYet(ReviewError):
    """The agency still has time to answer."""

    code = "not-silent-yet"
    text = _("The agency still has time to answer.")


class SilenceUnexplained(ReviewError):
    """An act on a silence without a reason, or without the day or the agency that it needs."""

    code = "silence-unexplained"
    text = _("Enter a reason, and a day after today or another agency where you choose one.")


class Silence(models.Model):
    """What a supervisor did when an agency was silent at its term. Where the agency, or another, is asked again,
    `successor` is the new question."""

    class Act(models.TextChoices):
        GO_ON = "go-on"
        WAIT = "wait"
        ASK_ANOTHER = "ask-another"

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="silence")
    act = models.CharField(max_length=11, choices=Act)
    reasons = models.TextField()
    successor = models.OneToOneField(Referral, models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reasons=""), name="silence_has_reasons"),
            models.CheckConstraint(
                condition=Q(act="go-on", successor=None) | (~Q(act="go-on") & Q(successor__isnull=False)),
                name="silence_goes_on_or_asks_again",
            ),
        ]


@transaction.atomic
def resolve(
    referral: Referral,
    act: str,
    reasons: str,
    *,
    until: date | None = None,
    agency: str = "",
    actor: Actor,
    at: datetime,
) -> Silence:
    """Act on the silence of an agency at its term, as a supervisor, with reasons.

    `until` is the last day of the new term where the authority waits; `agency` is asked instead. Raises NotPermitted,
    NotSilentYet, SilenceUnexplained, Closed.
    """
    application = participant.lock_for(referral.application, actor, Permission.RESOLVE_SILENCE, at=at)
    asked = Referral.objects.select_related("agency").get(pk=referral.pk)
    if not Referral.objects.open().filter(pk=asked.pk).exists():
        raise Closed
    if at < asked.term:
        raise NotSilentYet
    if act not in Silence.Act.values or not reasons.strip():
        raise SilenceUnexplained
    successor = (
        None if act == Silence.Act.GO_ON else _ask_again(application, asked, act, until, agency, actor, at)
    )
    silence = Silence.objects.create(
        referral=asked, act=act, reasons=reasons.strip(), successor=successor, officer=actor.person, at=at
    )
    record("resolve-silence", asked, actor=actor, at=at, how=act)
    queue.refresh(application, at)
    advance_soon(application.pk)
    return silence


def climb(*, at: datetime) -> int:
    """Tell agencies of new questions, on the working day before their term, and at it, when officers and supervisors
    are told too.

    Each question is told of once, in one letter a person for all of them.
    It reads the rows that are due and not told, by partial indexes, and returns how many there were; its statements
    grow with the people who are told, not with the questions.
    """
    soon = due_soon(at, authority_path="referral__application__authority")
    due = WaitingReferral.objects.filter(told__lt=3).filter(Q(due_at__lte=at) | Q(soon, told__lt=2))
    rows = due.select_for_update(of=("self",), skip_locked=True).order_by("due_at")
    with transaction.atomic():
        found = list(rows.select_related("referral__application")[:A_SWEEP])
        overdue = [row for row in found if row.due_at <= at]
        _tell_agencies([row for row in found if row.due_at > at], "agency-soon", "agencies-soon", at)
        _tell_agencies(overdue, "agency-silent", "agencies-silent", at)
        applications = {row.referral.application_id: row.referral.application for row in overdue}
        participant.tell_authorities([*applications.values()], "agency-silent", "agencies-silent", at=at)
        WaitingReferral.objects.filter(pk__in=[row.pk for row in found]).update(told=2)
        WaitingReferral.objects.filter(pk__in=[row.pk for row in overdue]).update(told=3)
        return len(found) + _announce(at)


def _announce(at: datetime) -> int:
    """Tell each agency of the questions that came since the last time."""
    new = WaitingReferral.objects.filter(told=0).select_for_update(of=("self",), skip_locked=True)
    found = list(new.select_related("referral__application").order_by("due_at")[:A_SWEEP])
    _tell_agencies(found, "referral-came", "referrals-came", at)
    WaitingReferral.objects.filter(pk__in=[row.pk for row in found]).update(told=1)
    return len(found)


def _tell_agencies(rows: list[WaitingReferral], one: str, many: str, at: datetime) -> None:
    """Write to each agency one letter for all of these, of one kind or the other."""
    for agency, its in groupby(sorted(rows, key=lambda row: row.agency_id), key=lambda row: row.agency_id):
        applications = [row.referral.application for row in its]
        kind, about = participant.of_all(applications, one, many)
        participant.tell_agency(agency, kind, about=about, at=at)


def _ask_again(
    application: Application,
    asked: Referral,
    act: str,
    until: date | None,
    agency: str,
    actor: Actor,
    at: datetime,
) -> Referral:
    """The new question: to the same agency until a day, or to another within the time of the step."""
    if act == Silence.Act.WAIT:
        if until is None or until <= timezone.localdate(at):
            raise SilenceUnexplained
        whom, due_at = (
            asked.agency,
            timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min)),
        )
    else:
        another = Agency.objects.filter(pk=agency).exclude(pk=asked.agency_id).first()
        step = step_of(application, asked)
        if another is None or step is None:
            raise SilenceUnexplained
        whom, due_at = another, deadline(step.within, after=at, authority=application.authority_id)
    return renew(application, asked, whom, due_at, actor=actor, at=at)
