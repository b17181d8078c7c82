"""One-time codes that were used: each works once across all processes."""

from allauth.mfa.models import Authenticator
from django.db import models


class UsedCode(models.Model):
    """The newest time step whose code was used, for each authenticator (RFC 6238 section 5.2)."""

    authenticator = models.OneToOneField(Authenticator, models.CASCADE, primary_key=True, related_name="+")
    step = models.BigIntegerField()


def use_once(authenticator: Authenticator, step: int) -> bool:
    """Mark the time step of a code as used; False when it, or a later one, was used before. One of two at once wins."""
    _, is_new = UsedCode.objects.get_or_create(authenticator=authenticator, defaults={"step": step})
    return is_new or bool(
        UsedCode.objects.filter(authenticator=authenticator, step__lt=step).update(step=step)
    )
