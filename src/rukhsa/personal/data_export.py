"""Exports of a person's data: asked for, made by a job in pieces, told of, fetched within a day, and deleted."""

import io
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final, Self

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Company, Person, PersonKind
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record, record_each
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.delivery.notice import tell_of_own
from rukhsa.jobs import run_later
from rukhsa.personal.own_data import DataSubject, files_of, write_to
from rukhsa.personal.purpose import PersonalError

KEPT: Final = timedelta(days=1)  # once it is made
A_READ: Final = 64 * 1024  # bytes
PIECE: Final = 8 * 1024 * 1024  # bytes; a store of objects writes and reads each whole
_GIVEN_UP_AFTER: Final = timedelta(minutes=30)  # a job that was lost is asked for again
_RETRY: Final = RetryStrategy(max_attempts=8, exponential_wait=3)


class NothingHeld(PersonalError):
    """No application of a person with this number was submitted to the authority."""

    code = "nothing-held"
    text = _("No application of a person with this number is at your authority.")


class ExportWithoutPurpose(PersonalError):
    """An officer makes an export for one of the purposes, and says which."""

    code = "export-without-purpose"
    text = _("Say what the file is for.")


class ExportOver(PersonalError):
    """The export is not ready, or its day is over."""

    code = "export-over"
    text = _("This file is no longer kept. Have it made again.")


class DataExportQuerySet(models.QuerySet["DataExport"]):
    """Whose exports they are."""

    def own(self, actor: Actor) -> Self:
        """Those that an applicant asked for, of oneself or of the company for which the actor acts now."""
        if not actor.holds(Permission.READ_OWN, at=actor.oneself):
            return self.none()
        return self.filter(asked_by=actor.person, person=actor.person, company=actor.company, authority=None)

    def of_officer(self, actor: Actor) -> Self:
        """Those that an officer asked for, where the officer may still make them."""
        places = actor.authorities_where(Permission.EXPORT_DATA)
        return self.filter(asked_by=actor.person, authority__in=places)


class DataExport(models.Model):
    """One file of a person's data. No fact: the row goes with its file, and the journal keeps who asked and took.

    The file lies in pieces under names made of the row's id, so that a job that was cut leaves nothing that its next
    run or the end of the row does not find.
    """

    class Purpose(models.TextChoices):
        PERSON = "person", _("The person asked for it at the authority")
        COURT = "court", _("A court or the public prosecution ordered it")
        AUTHORITY = "protection", _("The authority for data protection asked for it")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")  # of an officer's
    purpose = models.CharField(max_length=10, choices=Purpose, blank=True)  # of an officer's
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    asked_at = models.DateTimeField()
    files = models.PositiveIntegerField(default=0)  # that are to be in it
    written = models.PositiveIntegerField(default=0)  # of them, so far
    pieces = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    ready_at = models.DateTimeField(null=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by", "person", "company", "authority"],
                nulls_distinct=False,
                name="one_export_of_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(authority=None, purpose="") | Q(authority__isnull=False) & ~Q(purpose=""),
                name="export_of_officer_has_purpose",
            ),
        ]

    @property
    def subject(self) -> DataSubject:
        """Whose data are in it."""
        return DataSubject(person=self.person, company=self.company, authority=self.authority_id or "")

    @property
    def until(self) -> datetime | None:
        """When its day is over, once it is ready."""
        return self.ready_at + KEPT if self.ready_at else None

    def is_open(self, *, at: datetime) -> bool:
        """Whether it can be fetched."""
        return self.until is not None and at < self.until

    def is_under_way(self, *, at: datetime) -> bool:
        """Whether a job still makes it."""
        return self.ready_at is None and at < self.asked_at + _GIVEN_UP_AFTER


@transaction.atomic
def ask_for_own_data(*, actor: Actor, language: str, at: datetime) -> DataExport:
    """Queue the file of everything that is the actor's own, or the company's. Raises NotPermitted."""
    actor.require(Permission.READ_OWN, at=actor.oneself)
    subject = DataSubject(person=actor.person, company=actor.company)
    export, is_new = _ask(subject, purpose="", actor=actor, language=language, at=at)
    if is_new:
        record("ask-own-data", actor.person, actor=actor, at=at)
    return export


@transaction.atomic
def ask_for_data_of(
    number: str, authority: Authority, purpose: str, *, actor: Actor, language: str, at: datetime
) -> DataExport:
    """Queue the file of what an authority holds about the person of a personal number, for an officer.

    Each application in it has an entry, which its applicant reads. Raises NotPermitted, ExportWithoutPurpose,
    NothingHeld."""
    actor.require(Permission.EXPORT_DATA, at=authority.scope)
    if purpose not in DataExport.Purpose:
        raise ExportWithoutPurpose
    people = Person.objects.exclude(kind=PersonKind.STAFF)
    person = people.filter(personal_number=number).first() if number else None
    subject = DataSubject(person=person, authority=authority.code) if person else None
    applications: list[Application] = list(subject.applications.only("pk", "authority")) if subject else []
    if subject is None or not applications:
        raise NothingHeld
    export, is_new = _ask(subject, purpose=purpose, actor=actor, language=language, at=at)
    if is_new:
        record(
            "ask-data-of-person",
            subject.person,
            actor=actor,
            at=at,
            purpose=purpose,
            authority=authority.code,
        )
        record_each("export-application", applications, actor=actor, at=at, purpose=purpose)
    return export


def take(export: DataExport, *, actor: Actor, at: datetime) -> IO[bytes]:
    """The file, to be read in pieces; a reader that reached its row may take it. Raises ExportOver."""
    if not export.is_open(at=at):
        raise ExportOver
    if export.authority_id:
        record("export-person", export.person, actor=actor, at=at, purpose=export.purpose,
               authority=export.authority_id)  # fmt: skip
    else:
        record("export-own-data", export.person, actor=actor, at=at)
    return io.BufferedReader(_Pieces(export), buffer_size=A_READ)


@app.task(name="personal.make_export", queue="project", retry=_RETRY)
def make_export(*, export: str) -> None:
    """Write the file, and say after each of its files how far it is. Cut anywhere it begins again; it is ready once."""
    found = DataExport.objects.select_related("person", "company").filter(pk=export).first()
    if found is None:  # it was deleted meanwhile: so is what an earlier run wrote
        _delete_pieces(uuid.UUID(export))
        return
    if found.ready_at:
        return
    row = DataExport.objects.filter(pk=found.pk)

    def said(number: int) -> None:
        row.update(written=number)

    with tempfile.TemporaryFile() as file:
        with translation.override(found.language):
            write_to(file, found.subject, at=datetime.now(UTC), said=said)
        size = file.tell()
        file.seek(0)
        pieces = _keep(found.pk, file)
    with transaction.atomic():
        at = datetime.now(UTC)
        if row.update(pieces=pieces, size=size, ready_at=at):
            _tell(found, at=at)
            return
    _delete_pieces(found.pk)


def forget_exports(*, at: datetime) -> int:
    """Delete the files whose day is over, and those that were never made, with their rows; how many."""
    over = Q(ready_at__lte=at - KEPT) | Q(ready_at=None, asked_at__lte=at - KEPT)
    found = list(DataExport.objects.filter(over))
    for each in found:
        _forget(each)
    return len(found)


def _ask(
    subject: DataSubject, *, purpose: str, actor: Actor, language: str, at: datetime
) -> tuple[DataExport, bool]:
    """The export that is being made, or a new one in place of an earlier, and whether it is new."""
    Person.objects.select_for_update(no_key=True).get(pk=actor.person.pk)
    of_subject = DataExport.objects.filter(
        asked_by=actor.person, person=subject.person, company=subject.company,
        authority=subject.authority or None,
    )  # fmt: skip
    earlier = of_subject.first()
    if earlier and earlier.is_under_way(at=at):
        return earlier, False
    if earlier:
        _forget(earlier)
    export = DataExport.objects.create(
        person=subject.person,
        company=subject.company,
        authority_id=subject.authority or None,
        purpose=purpose,
        asked_by=actor.person,
        language=language,
        asked_at=at,
        files=sum(1 for _file in files_of(subject)),
    )
    run_later(make_export, lock=f"export:{export.pk}", export=str(export.pk))
    return export, True


def _tell(export: DataExport, *, at: datetime) -> None:
    if export.authority_id:
        # The verifier's process has this room's tables, and no staff.
        from rukhsa.staff.letter import tell as write_letter

        write_letter(export.asked_by, "export-ready", at=at)
    else:
        tell_of_own(export.person, f"own-data:{export.pk}", language=export.language, at=at)


def _forget(export: DataExport) -> None:
    """The file goes before its row: cut between the two, the row still says what is to be deleted."""
    _delete_pieces(export.pk)
    export.delete()


class _Pieces(io.RawIOBase):
    """The bytes of an export, one piece in memory at a time."""

    def __init__(self, export: DataExport) -> None:
        super().__init__()
        self._left, self._piece = self._read(export), memoryview(b"")

    @staticmethod
    def _read(export: DataExport) -> Iterator[bytes]:
        for number in range(export.pieces):
            with default_storage.open(_name(export.pk, number), "rb") as stored:
                yield stored.read()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._piece:
            self._piece = memoryview(next(self._left, b""))
        taken = min(len(buffer), len(self._piece))
        buffer[:taken] = self._piece[:taken]
        self._piece = self._piece[taken:]
        return taken


def _keep(export: uuid.UUID, file: IO[bytes]) -> int:
    """Store a file in pieces, in place of those of a run that was cut; how many."""
    _delete_pieces(export)
    number = 0
    while piece := file.read(PIECE):
        default_storage.save(_name(export, number), ContentFile(piece))
        number += 1
    return number


def _delete_pieces(export: uuid.UUID) -> None:
    """Delete from the last to the first, so that what a cut leaves is found again from the first on."""
    number = 0
    while default_storage.exists(_name(export, number)):
        number += 1
    for each in reversed(range(number)):
        default_storage.delete(_name(export, each))


def _name(export: uuid.UUID, number: int) -> str:
    return f"exports/{export}/{number:06d}"
