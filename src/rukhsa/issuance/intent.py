"""What we are about to seal, stored before any key is touched; its seal, and its signed file."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import site
from rukhsa.trust import seal
from rukhsa.trust.seal import Claims


class Intent(models.Model):
    """What we are about to seal, committed before any key is touched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it is issued for: "application:<id>" or "legacy:<id>". One origin, one intent.
    origin = models.CharField(max_length=80, unique=True)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    service_version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    verification_code = models.CharField(max_length=24, unique=True)
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    profile = models.PositiveIntegerField()
    facts = models.JSONField()  # as sealed: {"2": "…", "4": [12, 1705, 317], …}
    printed = (
        models.JSONField()
    )  # what is on the page beyond the facts: title, statement, conditions, languages
    supersedes = models.ForeignKey("issuance.Instrument", models.PROTECT, null=True, related_name="+")
    # The version before, which holds to its end: this one is for the time after it.
    renews = models.ForeignKey("issuance.Instrument", models.PROTECT, null=True, related_name="+")
    # The original of a certified copy, whose state it follows.
    copies = models.ForeignKey("issuance.Instrument", models.PROTECT, null=True, related_name="+")
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
        indexes = [
            models.Index(
                fields=["valid_until"], condition=Q(valid_until__isnull=False), name="intents_by_their_end"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.version}"


class Sealing(models.Model):
    """The authority's signature over an intent's facts."""

    intent = models.OneToOneField(Intent, models.PROTECT, related_name="sealing")
    kid = models.CharField(max_length=16)  # in hexadecimal
    signature = models.CharField(max_length=128)  # r and s, in hexadecimal
    issued_at = models.DateTimeField()


class SignedFile(models.Model):
    """The signed document of an intent, kept by its digest; nobody is given it before its release."""

    intent = models.OneToOneField(Intent, models.PROTECT, related_name="file")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


def claims_of(intent: Intent, *, issued_at: datetime) -> Claims:
    """What the seal of an intent says."""
    return Claims(
        instrument=intent.number,
        version=intent.version,
        issued_at=int(issued_at.timestamp()),
        expires_at=_expires_at(intent),
        status_index=intent.status_index,
        status_uri=site.status_address(intent.authority_id, intent.status_list),
        facts={int(key): fact for key, fact in intent.facts.items()},
    )


def _expires_at(intent: Intent) -> int | None:
    """The first second after the last day, where the instrument holds."""
    if intent.valid_until is None:
        return None
    _, end = territory().bounds(intent.valid_until)
    return int(end.timestamp())


def seal_of(sealing: Sealing, *, log_index: int | None) -> bytes:
    """The bytes of a seal, read back strictly before they are given out."""
    claims = claims_of(sealing.intent, issued_at=sealing.issued_at)
    return seal.assemble(claims, bytes.fromhex(sealing.kid), bytes.fromhex(sealing.signature), log_index)


def leaf_entry(sealing: Sealing) -> bytes:
    """The seal's entry in the log."""
    return seal.leaf_entry(seal.read(seal_of(sealing, log_index=None)))
