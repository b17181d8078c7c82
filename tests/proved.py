"""Sign a person in at once, with a second factor that was just used."""

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from rukhsa.accounts.models import Person


def sign_in(client: Client, person: Person, *, proved_ago: float = 0) -> None:
    """Let the browser be that of a person who gave a one-time code so many seconds ago."""
    client.force_login(person)
    prove(client, person, ago=proved_ago)


def prove(client: Client, person: Person, *, ago: float = 0) -> None:
    """Note in the session of a browser that the person used a second factor."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "id": 1, "at": time.time() - ago}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
