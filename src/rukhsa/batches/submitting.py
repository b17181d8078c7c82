"""Submits the rows of a confirmed batch, one transaction for each: it goes on after a fault, and does none twice."""

import logging
from datetime import datetime
from typing import Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa import applying
from rukhsa.applications import blobs, draft
from rukhsa.applications.file_check import BadFile, NotNow
from rukhsa.applications.known import documents_wanted
from rukhsa.applications.models import Application
from rukhsa.applications.submission import NotComplete
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.batches.batch import Batch, BatchFile, BatchRow, blank, submit_soon
from rukhsa.batches.batch_row import problem_of
from rukhsa.batches.column import columns_of

logger = logging.getLogger(__name__)

AT_ONCE: Final = 25  # rows of one run: others wait for the worker too
_RETRY: Final = RetryStrategy(max_attempts=8, exponential_wait=2)
_NOT_ANY_MORE: Final = _("You may no longer apply in this name.")


@app.task(name="batches.submit_rows", queue="journey", retry=_RETRY)
def submit_rows(*, batch: str) -> None:
    """Submit the next rows that wait, and queue the rest; run again, it goes on where it stopped."""
    submit_next(Batch.objects.select_related("service_version", "person", "company").get(pk=batch))


def submit_next(batch: Batch, *, most: int = AT_ONCE) -> None:
    """Submit at most so many rows of a confirmed batch, and queue a run for those that are left.

    Raises NotNow, and at the end what the first row raised for which nothing was foreseen.
    """
    if batch.confirmed_at is None:
        return
    waiting = list(batch.rows.waiting().values_list("pk", flat=True)[: most + 1])
    files = dict(BatchFile.objects.filter(batch=batch).values_list("name", "digest"))
    failed: list[Exception] = []
    for row in waiting[:most]:
        try:
            submit_row(row, batch, files, at=timezone.now())
        except NotNow:
            raise  # the reader is busy: the whole run is tried again
        except Exception as error:
            failed.append(error)  # a fault of ours with one row keeps no other from being submitted
    if len(waiting) > most:
        submit_soon(batch)
    if failed:
        raise failed[0]


def submit_row(pk: int, batch: Batch, files: dict[str, str], *, at: datetime) -> None:
    """Make one row an application, or write down why it could not be; its lock lets it happen once."""
    try:
        with transaction.atomic():
            row = BatchRow.objects.select_for_update(of=("self",)).get(pk=pk)
            if row.application_id is None and not row.problems:
                row.application = applied(row, batch, files, at=at)
                row.save(update_fields=["application"])
    except NotNow:
        raise
    except NotComplete as wrong:
        _refuse(pk, batch, [(each.about, each.text) for each in wrong.problems])
    except BadFile as bad:
        _refuse(pk, batch, [("", bad.text)])
    except NotPermitted:
        _refuse(pk, batch, [("", _NOT_ANY_MORE)])


def applied(row: BatchRow, batch: Batch, files: dict[str, str], *, at: datetime) -> Application:
    """The application that a row becomes, submitted with its files."""
    actor = _actor(batch, at=at)
    with translation.override(batch.language):
        application = draft.start(
            batch.service_version, row.typed, actor=actor, language=batch.language, at=at
        )
        for document in documents_wanted(application, application.answers):
            names = row.files.get(document.id) or [batch.for_all.get(document.id, "")]
            for name in filter(None, names):
                content = ContentFile(blobs.fetch(files[name]), name=name.removeprefix("all:"))
                applying.attach(application, document.id, content, actor=actor, at=at)
        return applying.submit(application, actor=actor, at=at)


def _actor(batch: Batch, *, at: datetime) -> Actor:
    """Who confirmed it, with the powers of this moment: a company that eKey no longer names is not applied for."""
    company = batch.company
    if company and not batch.person.representations.in_force(at=at).filter(company=company).exists():
        raise NotPermitted
    return actor_for(batch.person, at=at, company=company)


def _refuse(pk: int, batch: Batch, problems: list[tuple[str, Promise | str]]) -> None:
    columns = {column.about: column for column in columns_of(blank(batch), at=timezone.now())}
    found = [problem_of(columns.get(about), text) for about, text in problems]
    BatchRow.objects.filter(pk=pk, application=None).update(problems=found)
    logger.info("a row of batch %s was not submitted", batch.pk)
