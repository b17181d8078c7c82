"""Holds: what keeps an application from being erased, put by a person for a dispute or found in the facts."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.agreement import require_reason
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.models import Instrument, Revocation
from rukhsa.payments.models import Attempt, HeldDeposit, Payout, Refund


class Hold(models.Model):
    """That an application is kept although its time is over, such as for a dispute. Written once."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["application"], name="holds_of_application")]


class HoldEnd(models.Model):
    """That a hold was lifted."""

    hold = models.OneToOneField(Hold, models.PROTECT, related_name="end")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@transaction.atomic
def put_hold(application: Application, reason: str, *, actor: Actor, at: datetime) -> Hold:
    """Keep an application, with the reason. Raises ReasonMissing."""
    made = Hold.objects.create(
        application=application, reason=require_reason(reason, at_most=400), by=actor.person, at=at
    )
    record("put-hold", application, actor=actor, at=at)
    return made


@transaction.atomic
def lift_hold(hold: Hold, *, actor: Actor, at: datetime) -> None:
    """End a hold; ending it again changes nothing."""
    if not HoldEnd.objects.filter(hold=hold).exists():
        HoldEnd.objects.create(hold=hold, by=actor.person, at=at)
        record("lift-hold", hold.application, actor=actor, at=at)


def held(*, at: datetime) -> dict[str, Q]:
    """What keeps applications at a moment, by its name: conditions on applications."""
    this = OuterRef("pk")
    holds = Hold.objects.filter(application=this, end=None)
    deposits = HeldDeposit.objects.filter(line__charge__application=this)
    attempts = Attempt.objects.open().filter(charge__application=this)
    sent = Payout.objects.filter(refund=OuterRef("pk"), state=Payout.State.DONE)
    refunds = Refund.objects.filter(~Exists(sent), attempt__charge__application=this)
    revoked = Revocation.objects.filter(instrument=OuterRef("pk"))
    lasting = Q(intent__valid_until=None) | Q(intent__valid_until__gte=timezone.localdate(at))
    documents = Instrument.objects.filter(~Exists(revoked), lasting, intent__application=this)
    return {
        "dispute": Q(Exists(holds)),
        "open-money": Q(Exists(deposits)) | Q(Exists(attempts)) | Q(Exists(refunds)),
        "document-in-force": Q(Exists(documents)),
    }


def free(applications: QuerySet[Application], *, at: datetime) -> QuerySet[Application]:
    """Those of the applications that nothing keeps."""
    for condition in held(at=at).values():
        applications = applications.filter(~condition)
    return applications


def holds_on(application: Application, *, at: datetime) -> list[str]:
    """The names of what keeps one application; empty if nothing does."""
    this = Application.objects.filter(pk=application.pk)
    return [name for name, condition in held(at=at).items() if this.filter(condition).exists()]
