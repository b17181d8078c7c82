"""When a gateway last answered a question of ours, and since when it does not."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Coalesce

from rukhsa.payments.gateways.port import GatewayError


class GatewayContact(models.Model):
    """The state of the line to one gateway. It is not a fact: the next answer writes over it."""

    gateway = models.CharField(max_length=20, primary_key=True)
    heard_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, blank=True)  # the code of the newest error


def note_contacts(asked: dict[str, GatewayError | None], *, at: datetime) -> None:
    """Keep for each gateway that was asked how the last question ended; None is an answer. One or two statements."""
    for code, error in asked.items():
        if error is None:
            said = {"heard_at": at, "failing_since": None, "failure": ""}
            GatewayContact.objects.update_or_create(gateway=code, defaults=said)
            continue
        known = GatewayContact.objects.filter(gateway=code)
        if not known.update(failing_since=Coalesce("failing_since", models.Value(at)), failure=error.code):
            GatewayContact.objects.create(gateway=code, failing_since=at, failure=error.code)
