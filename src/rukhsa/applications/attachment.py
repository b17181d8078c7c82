"""Attachments: files given for the documents that a service asks for, with their safe copies for officers."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.indexes import HashIndex
from django.core.files.base import File
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.application import Application, lock_editable, require_editable
from rukhsa.applications.file_check import LARGEST_FILE, Accepted, BadFile, check_and_look
from rukhsa.applications.known import documents_wanted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped
from rukhsa.catalogue.form import Document
from rukhsa.files.accepted import ADVICE

SENT_ANYWAY = "sent-anyway"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Which files count."""

    def present(self) -> "AttachmentQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at=None)


class Attachment(Scoped):
    """A file given for one of the documents that the service asks for; bytes are stored by digest.

    `digest` is of the bytes as they were sent, which are evidence; `shown_digest` of the copy that officers see
    (docs/decisions/0051).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    document = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    shown_digest = models.CharField(max_length=64, default="")  # empty: not made yet
    shown_media_type = models.CharField(max_length=40, default="")
    notes = models.JSONField(default=list)  # of rukhsa.files.accepted.NOTES, and SENT_ANYWAY
    is_sealed = models.BooleanField(default=False)  # carries, or shows the code of, a document to verify
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    authority_path = "application__authority"
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        # Erasure asks whether another row holds the same file.
        indexes = [
            HashIndex(fields=["digest"], name="attachments_with_digest"),
            HashIndex(fields=["shown_digest"], name="attachments_with_shown_digest"),
        ]

    @property
    def advice(self) -> str:
        """What may be wrong with it (of ADVICE), until it is sent all the same; empty where nothing is."""
        if SENT_ANYWAY in self.notes:
            return ""
        return next((note for note in self.notes if note in ADVICE), "")


class AttachmentVerdict(models.Model):
    """What verification said about an attached document at one moment; a later row says what has changed since."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="verdicts")
    word = models.CharField(max_length=20)
    reason = models.CharField(max_length=40)
    told = models.JSONField()  # docs/formats/verdict.md: the facts and sentences in both languages
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file for a document, opened and found fit to be kept."""

    document: str
    name: str
    content: bytes = field(repr=False)
    accepted: Accepted


def attach(
    application: Application, document: str, upload: "File[bytes]", *, actor: Actor, at: datetime
) -> Attachment:
    """Add a file for one of the documents asked for; the same file again changes nothing.

    Where one file is asked for, a second one replaces it. Raises BadFile, NotEditable.
    """
    return keep(application, opened(application, document, upload), actor=actor, at=at)


def opened(application: Application, document: str, upload: "File[bytes]") -> Opened:
    """A file that may be kept. Raises BadFile, NotEditable.

    Opening takes seconds. Nothing is locked meanwhile, so that what is typed beside it is saved.
    """
    require_editable(application)
    rule = _asked_for(application, document)
    content = upload.read(LARGEST_FILE + 1)
    accepted = check_and_look(content, rule.accept)
    return Opened(document=document, name=plain_name(upload.name or ""), content=content, accepted=accepted)


@transaction.atomic
def keep(application: Application, file: Opened, *, actor: Actor, at: datetime) -> Attachment:
    """Add a file that was opened, where its document is still asked for. Raises BadFile, NotEditable."""
    application = lock_editable(application)
    rule = _asked_for(application, file.document)
    digest = blobs.keep(file.content)
    if same := application.attachments.present().filter(document=rule.id, digest=digest).first():
        return same
    _make_room(application, rule, actor=actor, at=at)
    attachment = Attachment.objects.create(
        application=application,
        document=rule.id,
        name=file.name,
        digest=digest,
        media_type=file.accepted.media_type,
        size=len(file.content),
        shown_digest=blobs.keep(file.accepted.shown),
        shown_media_type=file.accepted.shown_media_type,
        notes=list(file.accepted.notes),
        is_sealed=file.accepted.is_sealed,
        added_by=actor.person,
        added_at=at,
    )
    record("attach", attachment, actor=actor, at=at, document=rule.id)
    return attachment


def _asked_for(application: Application, document: str) -> Document:
    rule = next((d for d in documents_wanted(application, application.answers) if d.id == document), None)
    if rule is None:
        raise BadFile("document-not-asked", _("We do not need this document."))
    return rule


@transaction.atomic
def remove(attachment: Attachment, *, actor: Actor, at: datetime) -> None:
    """Take a file away while the application may still be changed; its record and bytes stay."""
    lock_editable(attachment.application)
    if attachment.removed_at is None:
        attachment.removed_at = at
        attachment.save(update_fields=["removed_at"])
        record("remove-attachment", attachment, actor=actor, at=at)


@transaction.atomic
def keep_anyway(attachment: Attachment, *, actor: Actor, at: datetime) -> None:
    """Its sender was told what may be wrong with it, and sends it all the same."""
    lock_editable(attachment.application)
    if attachment.advice:
        attachment.notes = [*attachment.notes, SENT_ANYWAY]
        attachment.save(update_fields=["notes"])
        record("keep-attachment", attachment, actor=actor, at=at)


@transaction.atomic
def restore(attachment: Attachment, *, actor: Actor, at: datetime) -> None:
    """Bring a removed file back, in place of the one that came after it where there is room for one. Raises BadFile."""
    application = lock_editable(attachment.application)
    wanted = {each.id: each for each in documents_wanted(application, application.answers)}
    rule = wanted.get(attachment.document)
    if attachment.removed_at is None or rule is None:
        return
    _make_room(application, rule, actor=actor, at=at)
    attachment.removed_at = None
    attachment.save(update_fields=["removed_at"])
    record("restore-attachment", attachment, actor=actor, at=at)


def _make_room(application: Application, rule: Document, *, actor: Actor, at: datetime) -> None:
    """Remove the one file of a document, in whose place another comes. Raises BadFile where no more may come."""
    present = list(application.attachments.present().filter(document=rule.id))
    if len(present) >= rule.at_most == 1:
        remove(present[0], actor=actor, at=at)
    elif len(present) >= rule.at_most:
        raise BadFile(
            "too-many-files",
            _("You have attached all the files for this document. Remove one to add another."),
        )


def see(actor: Actor, attachment: uuid.UUID, *, at: datetime) -> Attachment:
    """A file of one of the actor's own applications; looking is a journal entry. Raises DoesNotExist."""
    found = Attachment.objects.select_related("application").get(
        pk=attachment, application__in=Application.objects.of_applicant(actor)
    )
    record("see-attachment", found, actor=actor, at=at)
    return found


def with_safe_copy(attachment: Attachment) -> Attachment:
    """The attachment with its safe copy, made now where it came before there were any. Raises BadFile."""
    if not attachment.shown_digest:
        accepted = check_and_look(blobs.fetch(attachment.digest), ("pdf", "image"))
        attachment.shown_digest = blobs.keep(accepted.shown)
        attachment.shown_media_type = accepted.shown_media_type
        attachment.notes, attachment.is_sealed = list(accepted.notes), accepted.is_sealed
        attachment.save(update_fields=["shown_digest", "shown_media_type", "notes", "is_sealed"])
    return attachment


def plain_name(name: str) -> str:
    """The name of a file as it is kept: printable, without folders, and not empty."""
    name = "".join(character for character in name if character.isprintable())
    return name.replace("\\", "/").rsplit("/", 1)[-1][-200:] or "file"
