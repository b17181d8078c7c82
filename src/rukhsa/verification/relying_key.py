"""Keys by which the systems of agencies ask about documents and, where the key is made for it, answer questions."""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import Final

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
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
    """A key of an agency's system. Its secret is shown once, and only its SHA-256 is kept.

    Where it `may_answer`, what it sends is the answer of the person who made it, while that person has the post.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    may_answer = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["made_at"]


@transaction.atomic
def make_key(agency: Agency, name: str, *, may_answer: bool = False, actor: Actor, at: datetime) -> str:
    """Make a key and return its secret, which is kept nowhere. Raises NotPermitted, TooManyKeys."""
    actor.require(Permission.COORDINATE_AGENCY, at=agency.scope)
    if may_answer:
        actor.require(Permission.ANSWER_REFERRAL, at=agency.scope)
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if RelyingKey.objects.filter(agency=agency, ended_at=None).count() >= MOST_KEYS:
        raise TooManyKeys
    secret = secrets.token_urlsafe(32)
    key = RelyingKey.objects.create(
        agency=agency,
        name=name.strip()[:60],
        digest=_digest(secret),
        made_by=actor.person,
        made_at=at,
        may_answer=may_answer,
    )
    record("make-relying-key", key, actor=actor, at=at, agency=agency.pk, may_answer=may_answer)
    return secret


@transaction.atomic
def end_key(key: RelyingKey, *, actor: Actor, at: datetime) -> None:
    """Let a key open nothing from now on; again changes nothing. Raises NotPermitted."""
    actor.require(Permission.COORDINATE_AGENCY, at=key.agency.scope)
    if RelyingKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=at):
        record("end-relying-key", key, actor=actor, at=at, agency=key.agency_id)


def key_of(secret: str) -> RelyingKey:
    """The key with this secret. Raises KeyRefused."""
    found = named_by(secret)
    if found is None or found.ended_at is not None:
        raise KeyRefused
    return found


def named_by(secret: str) -> RelyingKey | None:
    """The key with this secret, also one that was ended; None where none was made."""
    return RelyingKey.objects.filter(digest=_digest(secret)).first()


def answering(key: RelyingKey, *, at: datetime) -> Actor:
    """The person who made the key, with the one power that it is for. Raises NotPermitted where it is for none."""
    if not key.may_answer:
        raise NotPermitted(Permission.ANSWER_REFERRAL, at=key.agency.scope)
    return actor_for(key.made_by, at=at).confined_to(Permission.ANSWER_REFERRAL, at=key.agency.scope)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
