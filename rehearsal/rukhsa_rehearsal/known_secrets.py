"""Sign-in of the cast in development: public passwords and one-time codes with fixed secrets."""

import base64
import hashlib
import time
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management.base import CommandError

from rukhsa.accounts.models import Person


class KnownPasswordHasher(PBKDF2PasswordHasher):
    """Django's hasher with few rounds: the passwords are public, so that slow hashing would protect nothing.

    Production uses Django's number of rounds, and replaces hashes with fewer rounds at sign-in.
    """

    iterations = 1_000


def refuse_in_production() -> None:
    """Raise CommandError in production, where public secrets would open real accounts."""
    if settings.CONFIG.in_production:
        raise CommandError("the cast and its codes exist in development only")


def give_fixed_secret(person: Person) -> None:
    """Let `person` sign in with the codes that `code_of` computes."""
    refuse_in_production()
    Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).delete()
    TOTP.activate(person, fixed_secret(person.email))


def fixed_secret(email: str) -> str:
    """The secret derived from a mail address: 20 bytes in base32."""
    return base64.b32encode(hashlib.sha1(f"rukhsa {email}".encode(), usedforsecurity=False).digest()).decode()


def code_of(email: str, *, at: datetime) -> str:
    """The six digits that are valid at a moment (RFC 6238)."""
    counter = int(at.timestamp()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(fixed_secret(email), counter)))


def wait_for_the_next_code() -> None:
    """Wait until the codes change: each opens the desk once, so that a second sign-in needs the next one."""
    time.sleep(app_settings.TOTP_PERIOD - time.time() % app_settings.TOTP_PERIOD)
