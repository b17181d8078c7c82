"""Files that were taken in for something that is not written yet: a message, or an agency's opinion."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.core.files.base import File

from rukhsa.applications import blobs
from rukhsa.applications.attachment import plain_name
from rukhsa.applications.file_check import LARGEST_FILE, check_file

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


def take(upload: "File[bytes]") -> Taken:
    """Check and store a file that is to be sent. Raises BadFile."""
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


def taken_again(columns: dict[str, Any]) -> Taken:
    """The file that `columns` describe."""
    return Taken(**{**columns, "notes": tuple(columns["notes"])})
