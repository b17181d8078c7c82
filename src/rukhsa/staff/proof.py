"""Fresh proofs: a second factor used in the last minutes, required for the acts that matter most."""

from datetime import datetime, timedelta

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

FRESH = timedelta(minutes=5)
# Recovery codes are for people who lost a factor: they open the desk, but are no fresh proof.
PROOFS = frozenset({"totp", "webauthn"})


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the person of the session used a passkey or a one-time code in the last minutes."""
    records = get_authentication_records(request, request.user)
    proved = [each["at"] for each in records if each["method"] == "mfa" and each.get("type") in PROOFS]
    return any(0 <= at.timestamp() - moment < FRESH.total_seconds() for moment in proved)
