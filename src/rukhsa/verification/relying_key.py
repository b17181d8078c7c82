"""Keys by which the systems of relying agencies ask, and the documents that each agency has asked about."""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import Final

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.errors import RukhsaError

MOST_KEYS: Final = 5


class KeyRefused(RukhsaError):
    """No key, or one that was ended or never made; these look alike."""

    code = "key-refused"


class TooManyKeys(RukhsaError):
    """The agency has as many keys as it may."""

    code = "too-many-keys"


class RelyingKey(models.Model):
    """A key of an agency's system. Its secret is shown once, and only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at"]


@transaction.atomic
def make_key(agency: Agency, name: str, *, actor: Actor, at: datetime) -> str:
    """Make a key and return its secret, which is kept nowhere. Raises NotPermitted, TooManyKeys."""
    actor.require(Permission.COORDINATE_AGENCY, at=agency.scope)
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if RelyingKey.objects.filter(agency=agency, ended_at=None).count() >= MOST_KEYS:
        raise TooManyKeys
    secret = secrets.token_urlsafe(32)
    key = RelyingKey.objects.create(
        agency=agency, name=name.strip()[:60], digest=_digest(secret), made_by=actor.person, made_at=at
    )
    record("make-relying-key", key, actor=actor, at=at, agency=agency.pk)
    return secret


@transaction.atomic
def end_key(key: RelyingKey, *, actor: Actor, at: datetime) -> None:
    """Let a key open nothing from now on; again changes nothing. Raises NotPermitted."""
    actor.require(Permission.COORDINATE_AGENCY, at=key.agency.scope)
    if RelyingKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=at):
        record("end-relying-key", key, actor=actor, at=at, agency=key.agency_id)


def agency_of(secret: str) -> str:
    """The code of the agency whose key this is. Raises KeyRefused."""
    found = RelyingKey.objects.filter(digest=_digest(secret), ended_at=None)
    agency = found.values_list("agency", flat=True).first()
    if agency is None:
        raise KeyRefused
    return agency


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
