"""Keeps why an application that is granted and paid has no document, so that the desk can say it."""

from datetime import datetime

from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.errors import RukhsaError
from rukhsa.issuance.models import Stall


def note(application: Application, error: Exception, *, at: datetime) -> None:
    """Keep the lasting code of a refusal of ours, once; an error without one is the engineer's to see."""
    if not isinstance(error, RukhsaError):
        return
    code = error.code
    stall, is_new = Stall.objects.get_or_create(application=application, code=code, defaults={"at": at})
    if is_new:
        record("stall", stall.application, actor=None, at=at, code=code)
