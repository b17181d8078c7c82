"""Which document took the place of another, or closed it, and when: what the status list has no room to tell."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from rukhsa.issuance.models import Closure, Instrument
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Successor:
    """`closes`: a document of another number fulfilled its purpose; otherwise it is the next version of the same."""

    instrument: Instrument
    closes: bool
    on: date

    @property
    def title(self) -> Text:
        """What kind of document it is."""
        return self.instrument.intent.service_version.definition.instrument.title


def successor_of(instrument: Instrument) -> Successor | None:
    """What ended a superseded document; of a copy, what ended its original."""
    closures = Closure.objects.select_related("by__intent__service_version")
    if closure := closures.filter(instrument=instrument).first():
        return Successor(instrument=closure.by, closes=True, on=timezone.localdate(closure.at))
    versions = Instrument.objects.select_related("intent__service_version")
    if newer := versions.filter(intent__supersedes=instrument).first():
        return Successor(instrument=newer, closes=False, on=timezone.localdate(newer.released_at))
    return successor_of(instrument.intent.copies) if instrument.intent.copies else None
