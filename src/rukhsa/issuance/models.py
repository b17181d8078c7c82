"""The facts of issuing: intents, seals, released instruments, and what happened to them later."""

import uuid

from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.issuance.legacy.document import LegacyDocument, LegacyImport

__all__ = [
    "Instrument",
    "Intent",
    "LegacyDocument",
    "LegacyImport",
    "Reinstatement",
    "Revocation",
    "Suspension",
]


class Intent(models.Model):
    """What we are about to seal, committed before any key is touched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    verification_code = models.CharField(max_length=24, unique=True)
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    profile = models.PositiveIntegerField()
    facts = models.JSONField()
    supersedes = models.ForeignKey("issuance.Instrument", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="number_and_version_once"),
            models.UniqueConstraint(fields=["application"], name="one_intent_an_application"),
            models.UniqueConstraint(
                fields=["authority", "status_list", "status_index"], name="status_index_once"
            ),
        ]


class Instrument(models.Model):
    """A released document: it exists only when everything about it was verified."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intent = models.OneToOneField(Intent, models.PROTECT, related_name="instrument")
    file_digest = models.CharField(max_length=64)
    released_at = models.DateTimeField()


class Suspension(models.Model):
    """An instrument is out of force until reinstated."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="suspensions")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Reinstatement(models.Model):
    """The end of a suspension."""

    suspension = models.OneToOneField(Suspension, models.PROTECT, related_name="reinstatement")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Revocation(models.Model):
    """The end of an instrument, for good."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="revocation")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
