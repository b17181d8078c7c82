"""Enclosures: the files that were sent with a message, each with its safe copy for the other side."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.core.files.base import File
from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.attachment import plain_name
from rukhsa.applications.file_check import LARGEST_FILE, check_file
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped, ScopedQuerySet

MOST_FILES: Final = 5
_ACCEPTED: Final = ("pdf", "image")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A file that was checked and stored, before the message with which it is sent."""

    name: str
    digest: str
    media_type: str
    size: int
    shown_digest: str
    shown_media_type: str
    notes: tuple[str, ...] = ()


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


def take(upload: "File[bytes]") -> Taken:
    """Check and store a file that is to be sent with a message. Raises BadFile."""
    content = upload.read(LARGEST_FILE + 1)
    accepted = check_file(content, _ACCEPTED)
    return Taken(
        name=plain_name(upload.name or ""),
        digest=blobs.keep(content),
        media_type=accepted.media_type,
        size=len(content),
        shown_digest=blobs.keep(accepted.shown),
        shown_media_type=accepted.shown_media_type,
        notes=tuple(accepted.notes),
    )


def see(enclosure: Enclosure, *, actor: Actor, at: datetime) -> Enclosure:
    """Record in the journal that the actor opens the file."""
    record("see-enclosure", enclosure, actor=actor, at=at)
    return enclosure
