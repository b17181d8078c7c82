"""Field photos: pictures and signatures that an inspector's device took on the spot, each kept once."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.file_check import check_file
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped
from rukhsa.review.inspection import Inspection
from rukhsa.rounds.errors import TooManyPhotos

MOST_PHOTOS: Final = 12  # of one visit, beside the signatures
MOST_SIGNATURES: Final = 12  # a signature may be drawn again


class FieldPhoto(Scoped):
    """A picture from a device: the original as it was sent, and the copy without EXIF that people see.

    Time and place are what the device gave: facts of the photo that no one has checked.
    """

    class Of(models.TextChoices):
        """What the picture is of."""

        SITE = "site"
        SIGNATURE = "signature"

    id = models.UUIDField(primary_key=True, editable=False)  # made by the device, so that it arrives once
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="+")
    of = models.CharField(max_length=9, choices=Of)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    shown_digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField(null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)  # metres
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    authority_path = "inspection__application__authority"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="photo_on_earth",
            )
        ]
        indexes = [models.Index(fields=["inspection", "by"], name="photos_of_a_visit")]

    @property
    def facts(self) -> dict[str, Any]:
        """When and where it was taken, and the digest of the original, for the report."""
        told = {
            "at": self.taken_at.isoformat() if self.taken_at else None,
            "longitude": self.longitude,
            "latitude": self.latitude,
            "accuracy": self.accuracy,
            "original": self.digest,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A picture as the device sends it; `spot` is longitude, latitude and accuracy in metres."""

    key: uuid.UUID
    of: FieldPhoto.Of
    content: bytes
    at: datetime | None = None
    spot: tuple[float, float, float] | None = None


def keep_photo(inspection: uuid.UUID, taken: Taken, *, actor: Actor, at: datetime) -> FieldPhoto:
    """Keep a picture of a visit; the same key again changes nothing. Raises BadFile, TooManyPhotos, DoesNotExist."""
    actor.require_somewhere(Permission.INSPECT)
    visit = Inspection.objects.on_which(actor, Permission.INSPECT).get(pk=inspection)
    if same := FieldPhoto.objects.filter(pk=taken.key, inspection=visit, by=actor.person).first():
        return same
    accepted = check_file(taken.content, ("image",))  # before a transaction: it takes seconds
    digest, shown = blobs.keep(taken.content), blobs.keep(accepted.shown)
    longitude, latitude, accuracy = taken.spot or (None, None, None)
    with transaction.atomic():
        Inspection.objects.select_for_update().get(pk=visit.pk)
        sent = FieldPhoto.objects.filter(inspection=visit, by=actor.person, of=taken.of)
        most = MOST_PHOTOS if taken.of == FieldPhoto.Of.SITE else MOST_SIGNATURES
        if sent.exclude(pk=taken.key).count() >= most * _ROOM:
            raise TooManyPhotos
        photo, new = FieldPhoto.objects.get_or_create(
            pk=taken.key,
            inspection=visit,
            by=actor.person,
            defaults={
                "of": taken.of,
                "digest": digest,
                "media_type": accepted.media_type,
                "shown_digest": shown,
                "taken_at": taken.at,
                "longitude": longitude,
                "latitude": latitude,
                "accuracy": accuracy,
                "at": at,
            },
        )
        if new:
            record("keep-photo", visit, actor=actor, at=at, photo=str(photo.pk))
    return photo


# A visit may be reported several times, and a photo that was left out of its report stays.
_ROOM: Final = 4


def photos_of(keys: Iterable[uuid.UUID], inspection: Inspection, person: Person) -> list[FieldPhoto]:
    """The pictures with these keys, of this visit and by this person, in the order of the keys."""
    order = list(dict.fromkeys(keys))
    found = FieldPhoto.objects.in_bulk(order)
    return [
        found[key]
        for key in order
        if key in found and (found[key].inspection_id, found[key].by_id) == (inspection.pk, person.pk)
    ]
