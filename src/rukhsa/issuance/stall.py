"""Why something that was granted, or a paper that was asked for, could not be issued."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.errors import RukhsaError
from rukhsa.issuance.instrument import Instrument


class StallQuerySet(ScopedQuerySet["Stall"]):
    """Which stalls still hold somebody up."""

    def open(self) -> "StallQuerySet":
        """Those of applications that are granted and have no document yet."""
        issued = Instrument.objects.filter(intent__application=OuterRef("application"))
        return self.filter(application__stage=Stage.GRANTED).exclude(Exists(issued))


class Stall(Scoped):
    """Why a granted and paid application could not be issued: a row for each reason, the first time it was met."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="stalls")
    code = models.CharField(max_length=40)
    at = models.DateTimeField()

    authority_path = "application__authority"
    objects = StallQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="each_reason_once")]
        indexes = [models.Index(fields=["-at"], name="stalls_newest_first")]


def note(application: Application, error: Exception, *, at: datetime) -> None:
    """Keep the lasting code of a refusal of ours, once; an error without one is the engineer's to see."""
    if not isinstance(error, RukhsaError):
        return
    code = error.code
    stall, is_new = Stall.objects.get_or_create(application=application, code=code, defaults={"at": at})
    if is_new:
        record("stall", stall.application, actor=None, at=at, code=code)
