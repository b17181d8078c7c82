"""What an instrument does to others when it is issued, as its definition says; safe to repeat."""

from datetime import datetime

from django.db import transaction

from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.catalogue.instrument import Closing, RegisterEntry
from rukhsa.issuance.definitions import definition_of
from rukhsa.issuance.errors import NoSuchInstrument
from rukhsa.issuance.models import Closure, Instrument
from rukhsa.issuance.tasks import publish_status_later
from rukhsa.places.register import change_register


@transaction.atomic
def apply(instrument: Instrument, *, at: datetime) -> None:
    """Close what it closes, enter what it enters.

    Supersession needs nothing here: it follows from the new version's own intent.
    """
    intent = instrument.intent
    if intent.application is None:
        return
    for effect in definition_of(intent.service_version).instrument.effects:
        if isinstance(effect, Closing):
            _close(str(intent.application.answers[effect.closes]), instrument, at)
        if isinstance(effect, RegisterEntry):
            _change_register(effect, instrument, intent.application, at)


def _close(number: str, by: Instrument, at: datetime) -> None:
    """The newest version of the number ends, because `by` fulfils it."""
    ours = Instrument.objects.filter(intent__number=number, intent__authority=by.intent.authority_id)
    closed = (
        ours.select_for_update(of=("self",)).select_related("intent").order_by("-intent__version").first()
    )
    if closed is None:
        raise NoSuchInstrument(number)
    _, is_new = Closure.objects.get_or_create(instrument=closed, defaults={"by": by, "at": at})
    if is_new:
        record("close", closed, actor=None, at=at, by=str(by.pk))
        publish_status_later(closed)


def _change_register(
    effect: RegisterEntry, instrument: Instrument, application: Application, at: datetime
) -> None:
    answers = application.answers
    change_register(
        answers[effect.operation],
        old=answers[effect.old],
        new=answers.get(effect.new),
        instrument=instrument.number,
        actor=application.decision.officer,
        at=at,
    )
