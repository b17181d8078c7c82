"""Enclosures: the files that were sent with a message, each with its safe copy for the other side."""

from datetime import datetime
from typing import Self

from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.applications.taken import TakenFile
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.files.kind import PDF


class EnclosureQuerySet(ScopedQuerySet["Enclosure"]):
    """Whose files they are."""

    def of_applicant(self, actor: Actor) -> Self:
        """Those of conversations about the actor's own applications."""
        return self.filter(message__application__in=Application.objects.of_applicant(actor))


class Enclosure(TakenFile):
    """A file sent with a message."""

    message = models.ForeignKey("correspondence.Message", models.PROTECT, related_name="enclosures")
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    authority_path = "message__application__authority"
    objects = EnclosureQuerySet.as_manager()

    def given_to(self, person: Person) -> tuple[str, str]:
        """The digest and the media type of what a person on the applicant's side is given.

        A picture that another person sent tells where and with which device it was taken: they get its copy.
        """
        if self.sent_by_id == person.pk or self.media_type == PDF.media_type:
            return self.digest, self.media_type
        return self.shown_digest, self.shown_media_type


def see(enclosure: Enclosure, *, actor: Actor, at: datetime) -> Enclosure:
    """Record in the journal that the actor opens the file."""
    record("see-enclosure", enclosure, actor=actor, at=at)
    return enclosure
