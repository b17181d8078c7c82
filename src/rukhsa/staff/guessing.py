"""How often a password or a code may be guessed, and from where."""

from datetime import timedelta

from django.http import HttpRequest

from rukhsa.accounts.client import client_address, one_subscriber, pseudonym
from rukhsa.staff.device import known_device
from rukhsa.staff.limit import Rate

# By account and address together: guesses from another address do not use up the owner's attempts.
PAIR = Rate(name="pair", burst=5, every=timedelta(minutes=1))
# By address alone: one that tries many accounts. An office behind one address has as many attempts as people.
ADDRESS = Rate(name="address", burst=30, every=timedelta(seconds=10))
# A browser in which the owner signed in before, and a session that is open, have limits of their own.
DEVICE = Rate(name="device", burst=10, every=timedelta(seconds=30))
SESSION = Rate(name="session", burst=5, every=timedelta(minutes=1))
# A code has a million values: strangers share one limit for each account, wherever they are. 720 a day find a code in
# 10,000 tries with a chance of one in a hundred after two weeks, and the owner has a mail after the first 20.
CODES = Rate(name="codes", burst=20, every=timedelta(minutes=2))


def limits_of_passwords(request: HttpRequest, email: str) -> list[tuple[Rate, str]]:
    """What an attempt at the password of an account counts under."""
    if own := _own(request, email):
        return [own]
    where = pseudonym(one_subscriber(client_address(request)))
    return [(PAIR, f"{pseudonym(email)}:{where}"), (ADDRESS, where)]


def limits_of_codes(request: HttpRequest, email: str) -> list[tuple[Rate, str]]:
    """What an attempt at a one-time code or a recovery code counts under."""
    if own := _own(request, email):
        return [own]
    where = pseudonym(one_subscriber(client_address(request)))
    return [(PAIR, f"code:{pseudonym(email)}:{where}"), (CODES, pseudonym(email))]


def _own(request: HttpRequest, email: str) -> tuple[Rate, str] | None:
    if request.user.is_authenticated and request.session.session_key:
        return SESSION, pseudonym(request.session.session_key)
    device = known_device(request, email)
    return (DEVICE, f"{pseudonym(email)}:{device}") if device else None
