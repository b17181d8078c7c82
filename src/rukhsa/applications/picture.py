"""Pictures that the staff take or send: the original stays under its digest, and people are shown a copy of it.

The copy is upright and carries nothing but the picture: no place, no device, no remark
([0115](docs/decisions/0115-a-picture-and-its-copy.md)).
"""

from collections.abc import Collection

from django.contrib.postgres.indexes import HashIndex
from django.db import models

from rukhsa.applications import blobs
from rukhsa.applications.file_check import LARGEST_FILE, check_file
from rukhsa.files.accepted import Accepted


class PictureCopy(models.Model):
    """The copy that is shown of a picture. It follows from the original, and goes with it."""

    digest = models.CharField(max_length=64, primary_key=True)  # of the original, as it was sent
    shown_digest = models.CharField(max_length=64)

    class Meta:
        indexes = [HashIndex(fields=["shown_digest"], name="pictures_with_shown_digest")]


def keep_picture(content: bytes) -> str:
    """Store a picture as it was sent, and its copy; the digest of the original. Raises BadFile."""
    return keep_checked(content, check_file(content, ("image",)))


def keep_checked(content: bytes, accepted: Accepted) -> str:
    """Store a picture that was checked, and its copy; the digest of the original."""
    digest = blobs.keep(content)
    _copy(digest, accepted)
    return digest


def copy_of(digest: str) -> PictureCopy:
    """The copy to show of a stored picture, made now where the picture is older than copies. Raises BadFile."""
    if known := PictureCopy.objects.filter(digest=digest).first():
        return known
    with blobs.open_file(digest) as file:
        content = file.read(LARGEST_FILE + 1)
    return _copy(digest, check_file(content, ("image",)))


def copies_of(digests: Collection[str]) -> dict[str, str]:
    """The digests of the copies of pictures, by those of the originals, as far as there are any."""
    return dict(PictureCopy.objects.filter(digest__in=digests).values_list("digest", "shown_digest"))


def _copy(digest: str, accepted: Accepted) -> PictureCopy:
    shown = blobs.keep(accepted.shown)
    return PictureCopy.objects.get_or_create(digest=digest, defaults={"shown_digest": shown})[0]
