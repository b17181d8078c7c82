"""A violation of a document, for the matrix of the portal."""

from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import actor_for
from rukhsa.issuance.models import Instrument
from rukhsa.violations.violation import Seen, Violation, confirm_violation, record_violation
from rukhsa_rehearsal.story import samples


def violation_of(application: Application) -> Violation:
    """A violation of the application's document, with a picture, confirmed by a second person."""
    now = timezone.now()
    salem, mariam = (
        actor_for(Person.objects.get(email=f"{name}@mun.example"), at=now) for name in ("salem", "mariam")
    )
    photos = [blobs.keep(samples.upload("image")["file"][1])]
    seen = Seen(kind="waste", place="317", text="Rubble.", at=now, photos=photos)
    instrument = Instrument.objects.get(intent__application=application)
    authority = str(application.authority_id)
    made = record_violation(seen, authority=authority, instrument=instrument, actor=salem, at=now)
    return confirm_violation(made, actor=mariam, at=now)
