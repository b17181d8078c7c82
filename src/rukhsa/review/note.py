"""Notes that officers write to each other beside an application; no applicant and no agency reads them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, Attachment
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
    # About a page of a file, counted from 1, and a place on it, in thousandths from its upper left corner.
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    page = models.PositiveSmallIntegerField(null=True)
    x = models.PositiveSmallIntegerField(null=True)
    y = models.PositiveSmallIntegerField(null=True)
    text = models.TextField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["attachment"], name="notes_on_file", condition=Q(attachment__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(attachment=None, page=None, x=None, y=None)
                | Q(attachment__isnull=False, page__gte=1, x=None, y=None)
                | Q(attachment__isnull=False, page__gte=1, x__lte=1000, y__lte=1000),
                name="note_on_a_place_of_a_page",
            )
        ]


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A page of a file, counted from 1, and a place on it in thousandths, where one was pointed at."""

    attachment: Attachment
    page: int
    x: int | None = None
    y: int | None = None


@transaction.atomic
def write_note(
    application: Application, text: str, *, on: Spot | None = None, actor: Actor, at: datetime
) -> Note:
    """Write a note for colleagues, `on` a page of a file or about all of it.

    The same text again by the same officer, straight after, changes nothing. Raises NoteEmpty.
    """
    application = participant.lock_for(application, actor, Permission.CHECK)
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        raise NoteEmpty
    last = Note.objects.filter(application=application).last()
    where = vars(on) if on else {}
    same_place = last and all(getattr(last, field) == value for field, value in where.items())
    if last and same_place and (last.text, last.officer_id) == (text, actor.person.pk):
        return last
    note = Note.objects.create(application=application, text=text, officer=actor.person, at=at, **where)
    record("write-note", application, actor=actor, at=at)
    return note
