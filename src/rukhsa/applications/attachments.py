"""Takes, shows and takes away the files that an application needs."""

from datetime import datetime
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.applications import blobs
from rukhsa.applications.draft import editable
from rukhsa.applications.file_check import LARGEST_FILE, BadFile, check_file
from rukhsa.applications.models import Application, Attachment
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import wanted


@transaction.atomic
def attach(
    application: Application, document: str, upload: "File[bytes]", *, actor: Actor, at: datetime
) -> Attachment:
    """Add a file for one of the documents asked for; the same file again changes nothing. Raise `BadFile`."""
    application = editable(application)
    rule = next((d for d in wanted(application.definition, application.answers) if d.id == document), None)
    if rule is None:
        raise BadFile("document-not-asked", _("This document is not asked for."))
    content = upload.read(LARGEST_FILE + 1)
    taken = check_file(content, rule.accept)
    present = list(application.attachments.present().filter(document=document))
    digest = blobs.keep(content)
    if same := next((each for each in present if each.digest == digest), None):
        return same
    if len(present) >= rule.at_most:
        raise BadFile("too-many-files", _("All files for this document are here. Remove one first."))
    attachment = Attachment.objects.create(
        application=application,
        document=document,
        name=_plain_name(upload.name or ""),
        digest=digest,
        media_type=taken.media_type,
        size=len(content),
        shown_digest=blobs.keep(taken.shown),
        shown_media_type=taken.shown_media_type,
        notes=list(taken.notes),
        is_sealed=taken.is_sealed,
        added_by=actor.person,
        added_at=at,
    )
    record("attach", attachment, actor=actor, at=at, document=document)
    return attachment


@transaction.atomic
def remove(attachment: Attachment, *, actor: Actor, at: datetime) -> None:
    """Take a file away while the application may still be changed; its record and bytes stay."""
    editable(attachment.application)
    if attachment.removed_at is None:
        attachment.removed_at = at
        attachment.save(update_fields=["removed_at"])
        record("remove-attachment", attachment, actor=actor, at=at)


def reach(actor: Actor, attachment: UUID, *, at: datetime) -> Attachment:
    """A file of one of the actor's own applications; looking is a journal entry. Raise DoesNotExist."""
    found = Attachment.objects.select_related("application").get(
        pk=attachment, application__in=Application.objects.of_applicant(actor)
    )
    record("see-attachment", found, actor=actor, at=at)
    return found


def shown(attachment: Attachment) -> Attachment:
    """The attachment with its copy for officers, made now where it came before there were any; raise `BadFile`."""
    if not attachment.shown_digest:
        taken = check_file(blobs.fetch(attachment.digest), ("pdf", "image"))
        attachment.shown_digest = blobs.keep(taken.shown)
        attachment.shown_media_type = taken.shown_media_type
        attachment.notes, attachment.is_sealed = list(taken.notes), taken.is_sealed
        attachment.save(update_fields=["shown_digest", "shown_media_type", "notes", "is_sealed"])
    return attachment


def _plain_name(name: str) -> str:
    name = "".join(character for character in name if character.isprintable())
    return name.replace("\\", "/").rsplit("/", 1)[-1][-200:] or "file"
