"""What we told people, over which channel, and what came of it."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application


class Notice(models.Model):
    """One message to one person about one event of an application, over one channel."""

    class Channel(models.TextChoices):
        SMS = "sms"
        MAIL = "mail"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    event = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=2)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "event", "channel"], name="told_once_a_channel")
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(sent_at=None), name="notices_to_send")]


class Delivery(models.Model):
    """The holder fetched the document."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=20)
    at = models.DateTimeField()
