"""One-time codes of the cast in development: fixed secrets, so that the story and a person can sign in."""

import base64
import hashlib
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import CommandError

from rukhsa.accounts.models import Person


def refuse_in_production() -> None:
    """Raise where known secrets would open real accounts."""
    if settings.CONFIG.in_production:
        raise CommandError("the cast and its codes exist in development only")


def give_fixed_secret(person: Person) -> None:
    """Let `person` sign in with the codes that `code_of` computes."""
    refuse_in_production()
    Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).delete()
    TOTP.activate(person, fixed_secret(person.email))


def fixed_secret(email: str) -> str:
    """The secret that follows from an address: 20 bytes in base32."""
    return base64.b32encode(hashlib.sha1(f"rukhsa {email}".encode(), usedforsecurity=False).digest()).decode()


def code_of(email: str, *, at: datetime) -> str:
    """The six digits of a moment (RFC 6238)."""
    counter = int(at.timestamp()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(fixed_secret(email), counter)))
