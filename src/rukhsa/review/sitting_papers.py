"""The papers of a sitting: one PDF with each application and the pages of its files, bound by a job and kept until the
sitting is over."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import models, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.file_page import pages_of, picture_of
from rukhsa.applications.models import Attachment
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import run_later
from rukhsa.reader.errors import BUSY
from rukhsa.review.agenda import Agenda

if TYPE_CHECKING:
    from rukhsa.files.binder import Binder

KEPT: Final = timedelta(days=30)  # after the sitting
MOST_FILES: Final = 400
_GIVEN_UP_AFTER: Final = timedelta(minutes=30)  # a job that was lost is asked for again


class SittingPapers(models.Model):
    """The papers as they were asked for; `drawn` of the `files` are in it so far. No fact: it is deleted in time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agenda = models.ForeignKey(Agenda, models.PROTECT, related_name="papers")
    # Of the pages that we composed, a head for each file last.
    composed_digest = models.CharField(max_length=64)
    files = models.JSONField()  # the ids of the attachments, in the order of the heads
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    drawn = models.PositiveSmallIntegerField(default=0)
    # Files that cannot be shown, or that found no room.
    left_out = models.PositiveSmallIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    @property
    def all_files(self) -> int:
        """How many files there are to be drawn."""
        return len(self.files)


@transaction.atomic
def ask_for_papers(
    agenda: Agenda, composed: bytes, files: Sequence[uuid.UUID], *, actor: Actor, at: datetime
) -> SittingPapers:
    """Queue the papers of an agenda that the actor reached: the composed pages, with each file after its head.

    While the same are being bound, nothing is begun again.
    """
    Agenda.objects.select_for_update(no_key=True).get(pk=agenda.pk)
    bound = SittingPapers.objects.filter(agenda=agenda, finished_at=None, asked_at__gt=at - _GIVEN_UP_AFTER)
    if under_way := bound.first():
        return under_way
    papers = SittingPapers.objects.create(
        agenda=agenda,
        composed_digest=blobs.keep(composed),
        files=[str(key) for key in files],
        asked_by=actor.person,
        asked_at=at,
    )
    run_later(bind_papers, papers=str(papers.pk))
    record("make-papers", agenda, actor=actor, at=at, files=len(papers.files))
    return papers


@app.task(name="review.bind_papers", queue="project", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def bind_papers(*, papers: str) -> None:
    """Bind the papers, and say after each file how far it is. Running it twice binds them once."""
    from rukhsa.files.binder import Binder  # slow to import, and only this job binds

    found = SittingPapers.objects.filter(pk=papers, finished_at=None).first()
    if found is None:
        return
    row = SittingPapers.objects.filter(pk=papers)
    binder, left_out = Binder(blobs.fetch(found.composed_digest), heads=found.all_files), 0
    for number, key in enumerate(found.files, 1):
        binder.next_head()
        left_out += not _bind(binder, Attachment.objects.get(pk=key))
        row.update(drawn=number, left_out=left_out)
    digest = blobs.keep(binder.written())
    row.update(pages=binder.pages, digest=digest, finished_at=datetime.now(UTC))


def forget_papers(*, at: datetime) -> None:
    """Delete the papers of sittings that are over for a month, with their files.

    Files go before their row: cut between the two, the row still says what is to be deleted.
    """
    for papers in SittingPapers.objects.filter(agenda__starts_at__lt=at - KEPT):
        for digest in filter(None, (papers.composed_digest, papers.digest)):
            blobs.forget(digest)
        papers.delete()


def _bind(binder: "Binder", attachment: Attachment) -> bool:
    """Whether all pages of the file are in it. Raises BadFile while the reader has no time: the job begins again."""
    from rukhsa.files.binder import Full, NoPicture  # as in `bind_papers`

    try:
        for page in pages_of(attachment):
            binder.add(picture_of(attachment, page.number))
    except BadFile as bad:
        if bad.code == BUSY:
            raise
        return False
    except (Full, NoPicture):
        return False
    return True
