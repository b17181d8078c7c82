"""Fresh sign-ins of applicants: when eKey itself last asked the person of a session who they are."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from rukhsa.accounts.models import Person

FRESH: Final = timedelta(minutes=5)
_AHEAD: Final = 60  # seconds
PROVED: Final = "ekey-proved"  # in a session: seconds since 1970


def auth_time_in(claims: Mapping[str, Any]) -> float | None:
    """OpenID Connect Core §2: when the person proved who they are, in seconds since 1970; None where it is not told."""
    told = claims.get("auth_time")
    return told if isinstance(told, int | float) and not isinstance(told, bool) else None


def is_recent(moment: float | None, *, at: datetime) -> bool:
    """Whether a moment lies in the last minutes, or as far ahead as clocks may differ."""
    return moment is not None and -_AHEAD <= at.timestamp() - moment < FRESH.total_seconds()


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the person of the session proved to eKey in the last minutes who they are."""
    proved = request.session.get(PROVED)
    return isinstance(proved, int | float) and is_recent(proved, at=at)


@receiver(user_logged_in, dispatch_uid="rukhsa.accounts.proved")
def _signed_in(request: HttpRequest, user: Person, **how: Any) -> None:
    """Keep the moment in the session that this sign-in opened, and in no other."""
    sign_in = how.get("sociallogin")
    proved = sign_in.state.get(PROVED) if sign_in else None
    if proved is not None:
        request.session[PROVED] = proved


def keep_with(sign_in: Any, claims: Mapping[str, Any]) -> None:
    """Carry the moment of the identity token along with a sign-in that is under way."""
    sign_in.state[PROVED] = auth_time_in(claims)
