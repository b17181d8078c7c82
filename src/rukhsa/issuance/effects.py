"""What an instrument does to others when it is issued, as its definition says; safe to repeat."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from rukhsa.accounts.models import Person
from rukhsa.applications import renewal
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.catalogue.instrument import Closing, RegisterEntry
from rukhsa.issuance.instrument import Closure, Instrument, NoSuchInstrument, publish_status_later
from rukhsa.issuance.intent import Intent
from rukhsa.payments import deposits
from rukhsa.places import occupation, seat
from rukhsa.places.register import change_register


@transaction.atomic
def apply(instrument: Instrument, *, at: datetime) -> list[Application]:
    """Name the place it holds, close what it closes, free its deposits, change the register; again changes nothing.

    The applications whose deposits it freed just now are given back. Supersession needs nothing here: it
    follows from the new version's own intent.
    """
    intent = instrument.intent
    if intent.application is None:
        return []
    occupation.license_works(intent.application.reference or "", intent.number, instrument.period)
    renewal.end(intent.application)
    freed: list[Application] = []
    for effect in intent.service_version.definition.instrument.effects:
        match effect:
            case Closing() if intent.application.answers.get(effect.closes):
                _close(str(intent.application.answers[effect.closes]), instrument, at)
                freed += _free(effect, instrument, at)
            case RegisterEntry():
                _enter(effect, instrument, at)
    return freed


def _free(effect: Closing, by: Instrument, at: datetime) -> list[Application]:
    """The deposits of all that was issued under the number that `by` closes go back to the account it names."""
    answers = _answers(by)
    closed = Application.objects.filter(
        pk__in=Intent.objects.filter(number=answers[effect.closes]).values("application")
    )
    iban = str(answers[effect.to]) if effect.to else ""
    return [
        application
        for application in closed
        if iban and deposits.release_rules(application, effect.releases, iban=iban, at=at)
    ]


def _enter(effect: RegisterEntry, by: Instrument, at: datetime) -> None:
    answers = _answers(by)
    change_register(
        answers[effect.operation],
        old=answers[effect.old],
        new=answers.get(effect.new),
        instrument=by.number,
        actor=_decider(by),
        at=at,
    )


def _answers(instrument: Instrument) -> dict[str, Any]:
    assert instrument.intent.application
    return dict(instrument.intent.application.answers)


def _decider(instrument: Instrument) -> Person | None:
    assert instrument.intent.application
    decision = instrument.intent.application.decisions.last()
    return decision.officer if decision else None


def _close(number: str, by: Instrument, at: datetime) -> None:
    """The newest version of the number ends, because `by` fulfils it, and with it those that it renews."""
    ours = Instrument.objects.filter(intent__number=number, intent__authority=by.intent.authority_id)
    closed = (
        ours.select_for_update(of=("self",)).select_related("intent").order_by("-intent__version").first()
    )
    if closed is None:
        raise NoSuchInstrument(number)
    for each in _with_renewed(closed):
        _, is_new = Closure.objects.get_or_create(instrument=each, defaults={"by": by, "at": at})
        if is_new:
            record("close", each, actor=None, at=at, by=str(by.pk))
            publish_status_later(each)
            if each.intent.application:
                seat.free(each.intent.application.reference or "")
                occupation.vacate(each.intent.application.reference or "")


def _with_renewed(instrument: Instrument) -> Iterator[Instrument]:
    """It, and the earlier periods that it continues, the newest first."""
    while instrument:
        yield instrument
        if instrument.intent.renews is None:
            return
        instrument = instrument.intent.renews
