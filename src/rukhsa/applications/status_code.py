"""The status code of an application: with its reference, anyone to whom it was given sees where it stands."""

import hmac
from typing import Final

from django.db import models

from rukhsa.applications.application import Application
from rukhsa.errors import RukhsaError
from rukhsa.values.identifiers import IdentifierError, parse_number, parse_short_code, short_code

_LONGEST: Final = 60


class NoSuchApplication(RukhsaError, LookupError):
    """No application has this reference with this code. An absent reference and a wrong code look alike."""

    code = "no-such-application"


class StatusCode(models.Model):
    """The code given at submission, once."""

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="status_code"
    )
    code = models.CharField(max_length=9)


def give_code(application: Application) -> StatusCode:
    """The code of a submitted application, made when it is first asked for."""
    return StatusCode.objects.get_or_create(application=application, defaults={"code": short_code()})[0]


def by_code(reference: str, code: str) -> Application:
    """The application with this reference and code, as they were typed. Raises NoSuchApplication.

    Codes are compared in constant time, and an absent reference takes the same way as a wrong code.
    """
    try:
        reference = parse_number(reference.strip()[:_LONGEST])
    except IdentifierError:
        reference = ""
    try:
        code = parse_short_code(code[:_LONGEST])
    except IdentifierError:
        code = ""
    found = StatusCode.objects.select_related("application__service_version")
    row = found.filter(application__reference=reference).first()
    if not hmac.compare_digest(row.code if row else short_code(), code) or row is None:
        raise NoSuchApplication
    return row.application
