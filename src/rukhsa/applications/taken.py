"""Files that come with something other than an application's documents: a message, an agency's opinion, a case.

They are taken in before that with which they are sent is written, and kept with it, each with its safe copy.
"""

import uuid
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.core.files.base import File
from django.db import models

from rukhsa.applications import blobs
from rukhsa.applications.attachment import plain_name
from rukhsa.applications.file_check import LARGEST_FILE, check_and_look
from rukhsa.authorities.scope import Scoped

MOST_FILES: Final = 5
_ACCEPTED: Final = ("pdf", "image")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A file that was checked and stored, before that with which it is sent."""

    name: str
    digest: str
    media_type: str
    size: int
    shown_digest: str
    shown_media_type: str
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        """The same as the columns of a row, and as JSON."""
        return asdict(self) | {"notes": list(self.notes)}


class TakenFile(Scoped):
    """A file that was sent: `digest` is of the bytes as they were sent, `shown_digest` of the safe copy."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    shown_digest = models.CharField(max_length=64)
    shown_media_type = models.CharField(max_length=40)
    notes = models.JSONField(default=list)  # of rukhsa.files.accepted.NOTES

    class Meta:
        abstract = True

    @property
    def taken(self) -> Taken:
        """The file, to be sent once more with something else."""
        columns = {name: getattr(self, name) for name in Taken.__dataclass_fields__}
        return taken_again(columns)


def take(upload: "File[bytes]") -> Taken:
    """Check and store a file that is to be sent. Raises BadFile."""
    content = upload.read(LARGEST_FILE + 1)
    accepted = check_and_look(content, _ACCEPTED)
    return Taken(
        name=plain_name(upload.name or ""),
        digest=blobs.keep(content),
        media_type=accepted.media_type,
        size=len(content),
        shown_digest=blobs.keep(accepted.shown),
        shown_media_type=accepted.shown_media_type,
        notes=tuple(accepted.notes),
    )


def taken_again(columns: dict[str, Any]) -> Taken:
    """The file that `columns` describe."""
    return Taken(**{**columns, "notes": tuple(columns["notes"])})
