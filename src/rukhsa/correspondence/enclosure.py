"""Enclosures: the files that were sent with a message, each with its safe copy for the other side."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped, ScopedQuerySet


class EnclosureQuerySet(ScopedQuerySet["Enclosure"]):
    """Whose files they are."""

    def of_applicant(self, actor: Actor) -> Self:
        """Those of conversations about the actor's own applications."""
        return self.filter(message__application__in=Application.objects.of_applicant(actor))


class Enclosure(Scoped):
    """A file sent with a message: `digest` is of the bytes as they were sent, `shown_digest` of the safe copy."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey("correspondence.Message", models.PROTECT, related_name="enclosures")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    shown_digest = models.CharField(max_length=64)
    shown_media_type = models.CharField(max_length=40)
    notes = models.JSONField(default=list)  # of rukhsa.files.accepted.NOTES
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    authority_path = "message__application__authority"
    objects = EnclosureQuerySet.as_manager()


def see(enclosure: Enclosure, *, actor: Actor, at: datetime) -> Enclosure:
    """Record in the journal that the actor opens the file."""
    record("see-enclosure", enclosure, actor=actor, at=at)
    return enclosure
