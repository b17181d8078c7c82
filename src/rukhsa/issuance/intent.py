"""Intents: what is about to be sealed, stored before any key is used; the seal and the signed file of each."""

import uuid
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory, territory_folder
from rukhsa.issuance import site
from rukhsa.issuance.printed_page import Attachment, Page, PlacePrinted, in_hijri_words, rows_of
from rukhsa.trust import factsheet, seal
from rukhsa.trust.qr import qr_text
from rukhsa.trust.seal import Claims
from rukhsa.values.names import Text

APPLICATION: Final = "application"  # how the origins of applications begin


class Intent(models.Model):
    """What is about to be sealed, committed before any key is used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it is issued for, such as "application:<id>" or "legacy:<id>". Each origin has one intent at most.
    origin = models.CharField(max_length=80, unique=True)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+", db_index=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    service_version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    verification_code = models.CharField(max_length=24, unique=True)
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    profile = models.PositiveIntegerField()
    facts = models.JSONField()  # as sealed: {"2": "…", "4": [12, 1705, 317], …}
    # What else is on the page: statement, conditions, what is not sealed, the place on a map.
    printed = models.JSONField()
    supersedes = models.ForeignKey(
        "issuance.Instrument", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The version for the time before: it holds until its own last day.
    renews = models.ForeignKey(
        "issuance.Instrument", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The original of a certified copy. The copy stands as its original does.
    copies = models.ForeignKey(
        "issuance.Instrument", models.PROTECT, null=True, related_name="+", db_index=False
    )
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
            ),
            # Most follow no other one: an index of all would be an index of nothing.
            *(
                models.Index(
                    fields=[earlier], condition=Q((f"{earlier}__isnull", False)), name=f"intents_that_{name}"
                )
                for earlier, name in (("supersedes", "supersede"), ("renews", "renew"), ("copies", "copy"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.version}"

    @property
    def earlier_application(self) -> uuid.UUID | None:
        """The application of the newest version before it that has one; its journal has what is done with this too."""
        earlier = Intent.objects.filter(
            number=self.number, version__lt=self.version, application__isnull=False
        )
        return earlier.order_by("-version").values_list("application", flat=True).first()


class Sealing(models.Model):
    """The authority's signature over an intent's facts."""

    intent = models.OneToOneField(Intent, models.PROTECT, related_name="sealing")
    kid = models.CharField(max_length=16)  # in hexadecimal
    signature = models.CharField(max_length=128)  # r and s, in hexadecimal
    issued_at = models.DateTimeField()


class SignedFile(models.Model):
    """The signed document of an intent, stored by its digest; no one receives it before its release."""

    intent = models.OneToOneField(Intent, models.PROTECT, related_name="file")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


def origin_of_application(application: Application) -> str:
    """The origin of the intent of an application's document."""
    return f"{APPLICATION}:{application.pk}"


def claims_of(intent: Intent, *, issued_at: datetime) -> Claims:
    """What the seal of an intent says."""
    end = intent.valid_until
    # The seal names the first second after the last day.
    expires_at = int(territory().bounds(end)[1].timestamp()) if end else None
    return Claims(
        instrument=intent.number,
        version=intent.version,
        issued_at=int(issued_at.timestamp()),
        expires_at=expires_at,
        status_index=intent.status_index,
        status_uri=site.status_address(intent.authority_id, intent.status_list),
        facts={int(key): fact for key, fact in intent.facts.items()},
    )


def seal_of(sealing: Sealing, *, log_index: int | None) -> bytes:
    """The bytes of a seal, read back strictly before they are returned."""
    claims = claims_of(sealing.intent, issued_at=sealing.issued_at)
    return seal.assemble(claims, bytes.fromhex(sealing.kid), bytes.fromhex(sealing.signature), log_index)


def leaf_entry(sealing: Sealing) -> bytes:
    """The seal's entry in the log."""
    return seal.leaf_entry(seal.read(seal_of(sealing, log_index=None)))


def page_of(intent: Intent, *, seal_bytes: bytes, proof: str) -> Page:
    """The page of a sealed and logged intent: the same page every time."""
    rule = territory().authority(intent.authority_id)
    issued_at = intent.sealing.issued_at
    issued = timezone.localdate(issued_at, territory().zone)
    claims, profile = claims_of(intent, issued_at=issued_at), intent.service_version.profile
    statement = intent.printed["statement"]
    # Intents that are older than facts beside the seal have none.
    beside = {int(key): fact for key, fact in intent.printed.get("beside", {}).items()}
    place = intent.printed.get("place")
    return Page(
        languages=territory().languages,
        authority=rule.name(on=issued),
        country=territory().name,
        colour=rule.colour,
        crest=_crest(rule.crest or ""),
        title=profile.name,
        statement=Text(**statement) if statement else None,
        rows=rows_of(claims.facts, profile),
        beside=rows_of(beside, intent.service_version.definition.beside(territory().currency)),
        place=PlacePrinted(svg=place["svg"], size=Text(**place["size"])) if place else None,
        conditions=tuple(Text(**each) for each in intent.printed["conditions"]),
        number=intent.number,
        version=intent.version,
        verification_code=intent.verification_code,
        qr_text=qr_text(territory().verifier, seal_bytes),
        verifier=territory().verifier,
        issued=issued,
        issued_hijri=in_hijri_words(issued) if territory().hijri else None,
        specimen=False,
        paper=territory().paper,
        attachments=_attachments(seal_bytes, factsheet.write(claims, profile), proof),
    )


def _attachments(seal_bytes: bytes, facts: bytes, proof: str) -> tuple[Attachment, ...]:
    return (
        Attachment(
            name="seal.cwt",
            content=seal_bytes,
            media_type="application/cwt",
            description="The seal: what the QR code says",
        ),
        Attachment(
            name="facts.json",
            content=facts,
            media_type="application/json",
            description="The sealed facts as JSON",
        ),
        Attachment(
            name="seal.tlog-proof",
            content=proof.encode(),
            media_type="text/plain",
            description="The proof that the seal is in the public log",
        ),
    )


@lru_cache(maxsize=64)
def _crest(name: str) -> str:
    # An authority without a crest gets an empty drawing.
    if not name:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
    return (territory_folder() / name).read_text()
