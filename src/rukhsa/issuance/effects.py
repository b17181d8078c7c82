"""Effects of an issued instrument, as its definition names them: it closes others and changes the register."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rukhsa.applications import renewal
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.catalogue.instrument import Closing, RegisterEntry
from rukhsa.issuance.instrument import (
    Closure,
    Instrument,
    NoSuchInstrument,
    free_place,
    publish_status_later,
)
from rukhsa.issuance.intent import Intent
from rukhsa.payments import deposit
from rukhsa.places import occupation
from rukhsa.places.register import change_register


@transaction.atomic
def apply(instrument: Instrument, *, at: datetime) -> list[Application]:
    """Record that its place is occupied, close what it closes, release deposits, and change the register.

    Returns the applications whose deposits this call released. A second call changes nothing. Supersession needs
    nothing here, since it follows from the intent of the new version.
    """
    intent = instrument.intent
    if intent.application is None:
        return []
    occupation.license_works(intent.application.reference or "", intent.number, instrument.period)
    renewal.end(intent.application)
    answers = intent.application.answers
    released: list[Application] = []
    for effect in intent.service_version.definition.instrument.effects:
        match effect:
            case Closing() if number := answers.get(effect.closes):
                _close(str(number), instrument, at)
                released += _release_deposits(effect, answers, at)
            case RegisterEntry():
                decision = intent.application.decisions.last()
                change_register(
                    answers[effect.operation],
                    old=answers[effect.old],
                    new=answers.get(effect.new),
                    instrument=intent.number,
                    actor=decision.officer if decision else None,
                    at=at,
                )
    return released


def _release_deposits(effect: Closing, answers: dict[str, Any], at: datetime) -> list[Application]:
    """Release the deposits of the closed number to the account in the answers, if they name one."""
    if not effect.to or not (iban := str(answers[effect.to])):
        return []
    intents = Intent.objects.filter(number=answers[effect.closes])
    closed = Application.objects.filter(pk__in=intents.values("application"))
    return [each for each in closed if deposit.release_rules(each, effect.releases, iban=iban, at=at)]


def _close(number: str, by: Instrument, at: datetime) -> None:
    """Close the newest version of a number, which `by` fulfils, and the earlier periods that it renews."""
    ours = Instrument.objects.filter(intent__number=number, intent__authority=by.intent.authority_id)
    locked = ours.select_for_update(of=("self",)).select_related("intent")
    closed = locked.order_by("-intent__version").first()
    if closed is None:
        raise NoSuchInstrument(number)
    while closed:
        _, is_new = Closure.objects.get_or_create(instrument=closed, defaults={"by": by, "at": at})
        if is_new:
            record("close", closed, actor=None, at=at, by=str(by.pk))
            publish_status_later(closed)
            free_place(closed)
        closed = closed.intent.renews
