"""A batch: the rows of a spreadsheet, what is wrong with each, and the application that each became."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Self

from django.db import models, transaction
from django.db.models import Q

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.attachment import plain_name
from rukhsa.applications.file_check import check_file
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.batches.batch_row import Row, read_rows
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.errors import RukhsaError
from rukhsa.jobs import run_named_later

MOST_FILES: Final = 100  # in one request
FOR_ALL: Final = (
    "all:"  # begins the name of a file that every row gives; no file may have such a name of its own
)


class BatchRefused(RukhsaError):
    """The batch cannot be taken in or submitted; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BatchQuerySet(models.QuerySet["Batch"]):
    """Which batches an actor may open."""

    def of_applicant(self, actor: Actor) -> Self:
        """An applicant's own, or those of the company for which the actor acts."""
        if actor.represented or not actor.holds(Permission.READ_OWN, at=actor.oneself):
            return self.none()
        if actor.company:
            return self.filter(company=actor.company)
        return self.filter(person=actor.person, company=None)


class Batch(models.Model):
    """A spreadsheet for one service, as it was read; its rows are submitted once it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=2)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of the spreadsheet, to check it again with more files
    for_all = models.JSONField(default=dict)  # document: the name of the file that every row gives
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-created_at"], name="batches_of_person"),
            models.Index(fields=["company", "-created_at"], name="batches_of_company"),
        ]


class BatchRowQuerySet(models.QuerySet["BatchRow"]):
    """Which rows are good, and which wait."""

    def good(self) -> Self:
        """Those in which nothing is wrong."""
        return self.filter(problems=[])

    def waiting(self) -> Self:
        """Those that are to become applications and have not."""
        return self.good().filter(application=None)


class BatchRow(models.Model):
    """One row: what it says as a form would send it, and what is wrong with it, in both languages."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # in the spreadsheet, from 1
    typed = models.JSONField(default=dict)
    files = models.JSONField(default=dict)  # document: names of files
    problems = models.JSONField(default=list)  # of {column, text: {ar, en}}
    application = models.OneToOneField(Application, models.PROTECT, null=True, related_name="+")

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="row_once_in_a_batch"),
            models.CheckConstraint(
                condition=Q(application=None) | Q(problems=[]), name="only_good_rows_become_applications"
            ),
        ]


class BatchFile(models.Model):
    """A file that rows name; its bytes are stored by digest."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "name"], name="file_once_in_a_batch")]


def take_in(
    version: ServiceVersion,
    content: bytes,
    *,
    name: str,
    files: Mapping[str, bytes],
    for_all: Mapping[str, bytes],
    actor: Actor,
    language: str,
    at: datetime,
    earlier: "Batch | None" = None,
) -> Batch:
    """Read a spreadsheet with its files, and find what is wrong with each row; nothing is submitted.

    With a batch of before that was not confirmed, its files count too, and its spreadsheet where none is sent.

    Raises BatchRefused, also for an actor by consent, who applies one by one; `batch_row.BadSheet`, `BadFile`.
    """
    actor.require(Permission.APPLY, at=actor.own(version.service))
    if actor.represented or len(files) > MOST_FILES:
        raise BatchRefused("batch-not-by-consent" if actor.represented else "batch-too-many-files")
    content = content or (blobs.fetch(earlier.digest) if earlier else b"")
    sent = dict(files) | {f"{FOR_ALL}{document}": bytes_ for document, bytes_ in for_all.items()}
    given = dict(earlier.files.values_list("name", "digest")) if earlier else {}
    given |= {each: _kept(bytes_) for each, bytes_ in sent.items()}
    batch = Batch(
        service_version=version,
        person=actor.person,
        company=actor.company,
        language=language,
        name=plain_name(name or (earlier.name if earlier else "")),
        for_all={each.removeprefix(FOR_ALL): each for each in given if each.startswith(FOR_ALL)},
        created_at=at,
    )
    rows = read_rows(content, blank(batch), names=set(given), for_all=set(batch.for_all), at=at)
    batch.digest = blobs.keep(content)
    with transaction.atomic():
        _store(batch, rows, given)
        record("take-in-batch", batch, actor=actor, at=at, service=version.service, rows=len(rows))
    return batch


def _store(batch: Batch, rows: Iterable[Row], files: Mapping[str, str]) -> None:
    batch.save(force_insert=True)
    BatchFile.objects.bulk_create(
        BatchFile(batch=batch, name=each, digest=digest) for each, digest in files.items()
    )
    BatchRow.objects.bulk_create(
        BatchRow(batch=batch, number=row.number, typed=row.typed, files=row.files, problems=row.problems)
        for row in rows
    )


def blank(batch: Batch) -> Application:
    """An application of the batch's applicant that is not stored: what would be asked of it."""
    return Application(
        service_version=batch.service_version,
        applicant=batch.person,
        company=batch.company,
        language=batch.language,
    )


@transaction.atomic
def confirm(batch: Batch, *, actor: Actor, at: datetime) -> Batch:
    """Submit every good row as an application, in the background; a second time changes nothing.

    Raises BatchRefused where no row is good."""
    actor.require(Permission.APPLY, at=actor.own(batch.service_version.service))
    locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.confirmed_at is None:
        if not locked.rows.good().exists():
            raise BatchRefused("batch-without-good-rows")
        locked.confirmed_at = at
        locked.save(update_fields=["confirmed_at"])
        record("confirm-batch", locked, actor=actor, at=at)
        submit_soon(locked)
    return locked


def submit_soon(batch: Batch) -> None:
    """Queue the submission of the rows that wait; two runs of one batch never overlap."""
    run_named_later("batches.submit_rows", queue="journey", lock=f"batch:{batch.pk}", batch=str(batch.pk))


def _kept(content: bytes) -> str:
    """The digest under which the file is stored, once it was seen to be a picture or a PDF. Raises BadFile."""
    check_file(content, ("pdf", "image"))
    return blobs.keep(content)
