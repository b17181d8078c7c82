"""Whether a member of staff has set up the second proof of identity that every one must have."""

from allauth.mfa.models import Authenticator

from rukhsa.accounts.models import Person


def has_second_factor(person: Person) -> bool:
    """Whether `person` has a one-time code or a passkey; recovery codes alone do not count."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user=person, type__in=kinds).exists())
