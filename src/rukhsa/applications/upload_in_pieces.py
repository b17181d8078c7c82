"""Uploads: a file that arrives in pieces, so that it goes on after a cut where it stopped (docs/formats/upload.md)."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.applications.application import Application, lock_editable
from rukhsa.applications.attachment import plain_name
from rukhsa.applications.file_check import LARGEST_FILE, SENTENCES, BadFile
from rukhsa.authorities.actor import Actor
from rukhsa.errors import RukhsaError

LASTS: Final = timedelta(days=1)
MOST: Final = 10  # uploads of one application that are not at their end
LARGEST_PIECE: Final = 1024 * 1024  # bytes


class WrongOffset(RukhsaError):
    """A piece that does not begin where the last one ended; `offset` says where that is."""

    code = "wrong-offset"

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset


class Upload(models.Model):
    """A file on its way to a document of an application; it is deleted when it has arrived, or after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="+")
    document = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0)
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(db_index=True)

    @property
    def is_whole(self) -> bool:
        """Whether all bytes have arrived."""
        return self.offset == self.size


class UploadPiece(models.Model):
    """Bytes of an upload, in the order of their offsets."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="pieces")
    offset = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="one_piece_at_an_offset")]


@transaction.atomic
def begin(
    application: Application, document: str, *, name: str, size: int, actor: Actor, at: datetime
) -> Upload:
    """Begin to receive a file, and delete what waited too long. Raises BadFile, NotEditable."""
    lock_editable(application, at=at)
    for code, is_so in (("file-empty", size == 0), ("file-too-large", size > LARGEST_FILE)):
        if is_so:
            raise BadFile(code, SENTENCES[code])
    Upload.objects.filter(begun_at__lt=at - LASTS).delete()
    if Upload.objects.filter(application=application).count() >= MOST:
        raise BadFile("too-many-files", _("Too many files are on their way. Wait until some have arrived."))
    return Upload.objects.create(
        application=application,
        document=document[:60],
        name=plain_name(name),
        size=size,
        begun_by=actor.person,
        begun_at=at,
    )


def of(actor: Actor, pk: uuid.UUID) -> Upload:
    """An upload to one of the actor's own applications. Raises DoesNotExist."""
    own = Application.objects.of_applicant(actor)
    return Upload.objects.select_related("application").get(pk=pk, application__in=own)


@transaction.atomic
def receive(upload: Upload, content: bytes, *, offset: int) -> Upload:
    """Keep the next piece. Raises WrongOffset for one that comes twice or leaves a gap, BadFile for one too many."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if offset != upload.offset:
        raise WrongOffset(upload.offset)
    if len(content) > min(LARGEST_PIECE, upload.size - upload.offset):
        raise BadFile("file-too-large", SENTENCES["file-too-large"])
    UploadPiece.objects.create(upload=upload, offset=offset, content=content)
    upload.offset += len(content)
    upload.save(update_fields=["offset"])
    return upload


def taken(upload: Upload) -> "ContentFile[bytes]":
    """The whole file under its name; the upload is deleted, whatever becomes of the file."""
    content = b"".join(bytes(piece.content) for piece in upload.pieces.all())
    Upload.objects.filter(pk=upload.pk).delete()
    return ContentFile(content, name=upload.name)
