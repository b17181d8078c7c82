"""Notes that officers write to each other beside an application; no applicant and no agency reads them."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.review import participant
from rukhsa.review.errors import ReviewError

LONGEST = 2000  # characters


class NoteEmpty(ReviewError):
    """A note without words."""

    code = "note-empty"
    text = _("Enter the note.")


class Note(models.Model):
    """What one officer wrote for the others, kept as it was written."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    text = models.TextField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


@transaction.atomic
def write_note(application: Application, text: str, *, actor: Actor, at: datetime) -> Note:
    """Write a note for colleagues; the same text again by the same officer, straight after, changes nothing.

    Raises NoteEmpty.
    """
    application = participant.lock_for(application, actor, Permission.CHECK)
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        raise NoteEmpty
    last = Note.objects.filter(application=application).last()
    if last and (last.text, last.officer_id) == (text, actor.person.pk):
        return last
    note = Note.objects.create(application=application, text=text, officer=actor.person, at=at)
    record("write-note", application, actor=actor, at=at)
    return note
