"""Awaited documents: what was granted and is not issued yet; and stalls: why a document or a paper could not be."""

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import Exists, OuterRef, Q

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.errors import RukhsaError
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.intent import APPLICATION, origin_of_application

UNEXPECTED: Final = "unexpected"
_OF_APPLICATIONS: Final = Q(origin__startswith=f"{APPLICATION}:")


class AwaitedDocument(models.Model):
    """A granted application whose document was not issued yet, or whose applicant was not told of it.

    The database adds the row when an application becomes granted, in the same transaction, by a trigger: no verb can
    forget it. The sweep deletes it once the document is issued and told of.
    """

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="+")
    since = models.DateTimeField()


class StallQuerySet(ScopedQuerySet["Stall"]):
    """Which stalls are open, and what they are about."""

    def open(self) -> "StallQuerySet":
        """Those of papers and of granted applications for which nothing was issued since."""
        issued = Instrument.objects.filter(intent__origin=OuterRef("origin"))
        wanted = self.filter(~_OF_APPLICATIONS | Q(application__stage=Stage.GRANTED))
        return wanted.exclude(Exists(issued))

    def of_applications(self) -> "StallQuerySet":
        """Those of the documents that applications ask for."""
        return self.filter(_OF_APPLICATIONS)

    def of_papers(self) -> "StallQuerySet":
        """Those of papers about money."""
        return self.exclude(_OF_APPLICATIONS)


class Stall(Scoped):
    """One reason why something could not be issued, from the first time it was met."""

    origin = models.CharField(max_length=80)  # as of the intent: "application:<id>", "receipt:12"
    application = models.ForeignKey(Application, models.PROTECT, related_name="stalls")
    code = models.CharField(max_length=40)
    at = models.DateTimeField()

    authority_path = "application__authority"
    objects = StallQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "code"], name="each_reason_once")]
        indexes = [models.Index(fields=["-at"], name="stalls_newest_first")]


def note(application: Application, error: Exception, *, at: datetime) -> None:
    """Keep why the document of an application was refused. A fault of the software is left to the logs."""
    if not isinstance(error, RukhsaError):
        return
    _, is_new = Stall.objects.get_or_create(
        origin=origin_of_application(application),
        code=error.code,
        defaults={"application": application, "at": at},
    )
    if is_new:
        record("stall", application, actor=None, at=at, code=error.code)


def note_paper(origin: str, application: Application, error: Exception, *, at: datetime) -> None:
    """Keep why a paper was refused; of a fault of the software, that it was unexpected."""
    code = error.code[:40] if isinstance(error, RukhsaError) else UNEXPECTED
    Stall.objects.get_or_create(origin=origin, code=code, defaults={"application": application, "at": at})
