"""Files of a case: what officers put beside an application; the applicant sees one only when it is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.taken import Taken, TakenFile
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.review import participant


class CaseFileQuerySet(ScopedQuerySet["CaseFile"]):
    """Whose files they are."""

    def seen_by(self, actor: Actor) -> Self:
        """Those beside what the actor may open at an authority: neither agencies nor committees see them."""
        return self.filter(application__in=participant.applications(actor))


class CaseFile(TakenFile):
    """A file that an officer put beside an application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    authority_path = "application__authority"
    objects = CaseFileQuerySet.as_manager()

    class Meta:
        ordering = ["at", "name"]


@transaction.atomic
def add_files(
    application: Application, files: Sequence[Taken], *, actor: Actor, at: datetime
) -> list[CaseFile]:
    """Put files beside an application; one that is there already is not put twice.

    Returns the new ones. Raises as `participant.lock_for` does.
    """
    application = participant.lock_for(application, actor, Permission.CHECK)
    there = set(CaseFile.objects.filter(application=application).values_list("digest", flat=True))
    new = {file.digest: file for file in files if file.digest not in there}
    made = CaseFile.objects.bulk_create(
        CaseFile(application=application, officer=actor.person, at=at, **file.columns)
        for file in new.values()
    )
    for file in made:
        record("add-case-file", file, actor=actor, at=at)
    return made


def see(file: CaseFile, *, actor: Actor, at: datetime) -> CaseFile:
    """Record in the journal that the actor opens the file."""
    record("see-case-file", file, actor=actor, at=at)
    return file
