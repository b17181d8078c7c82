"""Issuing can be stopped by one command, and started again; what was granted and paid waits meanwhile."""

from datetime import datetime

from django.db import transaction

from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.errors import IssuingStopped, NotStopped
from rukhsa.issuance.held import the_reason
from rukhsa.issuance.models import IssuingStart, IssuingStop


def stopped() -> IssuingStop | None:
    """The stop that holds now, if there is one; asked of the database each time."""
    return IssuingStop.objects.filter(start=None).order_by("-pk").first()


def require_running() -> None:
    """Raise IssuingStopped while issuing is stopped. The signer asks before each seal and each file."""
    if (stop := stopped()) is not None:
        raise IssuingStopped(f"stopped since {stop.at:%Y-%m-%d %H:%M} UTC")


@transaction.atomic
def stop(*, reason: str, operator: str, actor: Actor | None = None, at: datetime) -> IssuingStop:
    """Let nothing more be sealed or signed from now on; one that holds already is given back.

    Raises ReasonMissing. Status lists, the log and verifying go on.
    """
    found = stopped()
    if found is not None:
        return found
    person = actor.person if actor else None
    made = IssuingStop.objects.create(reason=the_reason(reason), actor=person, operator=operator, at=at)
    record("stop-issuing", made, actor=actor, at=at, operator=operator, reason=made.reason)
    return made


@transaction.atomic
def start(*, reason: str, operator: str, actor: Actor | None = None, at: datetime) -> IssuingStart:
    """Lift the stop. Raises NotStopped, ReasonMissing."""
    held = IssuingStop.objects.select_for_update(of=("self",)).filter(start=None).order_by("-pk").first()
    if held is None:
        raise NotStopped
    person = actor.person if actor else None
    made = IssuingStart.objects.create(
        stop=held, reason=the_reason(reason), actor=person, operator=operator, at=at
    )
    record("start-issuing", held, actor=actor, at=at, operator=operator, reason=made.reason)
    return made
