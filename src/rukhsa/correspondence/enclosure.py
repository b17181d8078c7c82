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


def see(enclosure: Enclosure, *, actor: Actor, at: datetime) -> Enclosure:
    """Record in the journal that the actor opens the file."""
    record("see-enclosure", enclosure, actor=actor, at=at)
    return enclosure
