"""Stops issuing in every worker at once, and starts it again; what is granted and paid waits meanwhile."""

from datetime import datetime

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.errors import IssuanceError, require_reason


class IssuingStopped(IssuanceError):
    """Issuing was stopped by command; what was granted and paid waits."""

    code = "issuing-stopped"


class NotStopped(IssuanceError):
    """Issuing is not stopped."""

    code = "not-stopped"


class IssuingStop(models.Model):
    """That nothing more is sealed or signed, from this moment until the stop is lifted."""

    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()


class IssuingStart(models.Model):
    """The end of a stop."""

    stop = models.OneToOneField(IssuingStop, models.PROTECT, related_name="start")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()


def current_stop() -> IssuingStop | None:
    """The stop that holds now, if there is one; asked of the database each time."""
    return IssuingStop.objects.filter(start=None).order_by("-pk").first()


def require_running() -> None:
    """Raise IssuingStopped while issuing is stopped. The signer asks before each seal and each file."""
    if (stop_issuing := current_stop()) is not None:
        raise IssuingStopped(f"stopped since {stop_issuing.at:%Y-%m-%d %H:%M} UTC")


@transaction.atomic
def stop_issuing(*, reason: str, operator: str, actor: Actor | None = None, at: datetime) -> IssuingStop:
    """Let nothing more be sealed or signed from now on; one that holds already is given back.

    Raises ReasonMissing. Status lists, the log and verifying go on.
    """
    found = current_stop()
    if found is not None:
        return found
    person = actor.person if actor else None
    made = IssuingStop.objects.create(reason=require_reason(reason), actor=person, operator=operator, at=at)
    record("stop-issuing", made, actor=actor, at=at, operator=operator, reason=made.reason)
    return made


@transaction.atomic
def start_issuing(*, reason: str, operator: str, actor: Actor | None = None, at: datetime) -> IssuingStart:
    """Lift the stop. Raises NotStopped, ReasonMissing."""
    held = IssuingStop.objects.select_for_update(of=("self",)).filter(start=None).order_by("-pk").first()
    if held is None:
        raise NotStopped
    person = actor.person if actor else None
    made = IssuingStart.objects.create(
        stop=held, reason=require_reason(reason), actor=person, operator=operator, at=at
    )
    record("start-issuing", held, actor=actor, at=at, operator=operator, reason=made.reason)
    return made
