"""Freezes a checked definition as a version of its service."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.compiler import require_sound
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.territory import territory
from rukhsa.locks import one_at_a_time
from rukhsa.values.names import Text


class PublishedBefore(CatalogueError):
    """The definition says what an older version said; a version is published once."""

    code = "published-before"


@transaction.atomic
def publish(path: Path, *, actor: Actor | None, at: datetime) -> ServiceVersion:
    """The version of the service that the file defines: the newest one when nothing changed, otherwise a new one.

    It takes effect at once and asks nobody: for setting up and for development (`propose` needs a second person).
    Raises DefinitionRefused for a definition with problems, PublishedBefore for one that goes back.
    """
    reading = read_definition(path)
    require_sound(reading, territory(), on=timezone.localdate(at))
    (version,) = publish_sound([reading], actor=actor, at=at)
    return version


@transaction.atomic
def publish_sound(
    readings: Sequence[Reading[Definition]], *, actor: Actor | None, at: datetime
) -> list[ServiceVersion]:
    """For each definition, all of them without problems, what `publish` gives. Raises PublishedBefore for any."""
    newest = ServiceVersion.objects.newest_of([reading.value.service for reading in readings])
    said = {(version.service, version.digest): version for version in newest}
    return [
        said.get((reading.value.service, digest_of(reading.value)))
        or freeze(reading, effective_on=None, actor=actor, at=at)
        for reading in readings
    ]


@transaction.atomic
def freeze(
    reading: Reading[Definition], *, effective_on: date | None, actor: Actor | None, at: datetime
) -> ServiceVersion:
    """The next version of the service, of a definition without problems. Raises PublishedBefore, DefinitionRefused."""
    definition, digest = reading.value, digest_of(reading.value)
    alone_with(definition.service)
    newest = ServiceVersion.objects.newest(definition.service)
    require_publishable(reading)
    version = ServiceVersion.objects.create(
        service=definition.service,
        number=newest.number + 1 if newest else 1,
        source_text=reading.source.text,
        meaning=meaning_of(definition),
        digest=digest,
        published_at=at,
        published_by=actor.person.pk if actor else None,
        effective_on=effective_on,
    )
    since = effective_on.isoformat() if effective_on else None
    record("catalogue:service:publish", version, actor=actor, at=at, digest=digest, effective_on=since)
    return version


def require_publishable(reading: Reading[Definition]) -> None:
    """Raise PublishedBefore for what an older version said, DefinitionRefused for a profile that was rearranged."""
    _require_new(reading.value, digest_of(reading.value))
    _require_same_profile(reading, ServiceVersion.objects.newest(reading.value.service))


def meaning_of(definition: Definition) -> dict[str, object]:
    """The definition as JSON, without what it leaves at its default; reading it again gives the same definition."""
    return definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def digest_of(definition: Definition) -> str:
    """SHA-256 in hex of the meaning as JSON with sorted keys and no spaces, in UTF-8."""
    canonical = json.dumps(meaning_of(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _require_new(definition: Definition, digest: str) -> None:
    older = ServiceVersion.objects.filter(service=definition.service, digest=digest).first()
    if older:
        raise PublishedBefore(f"{definition.service}: this is what version {older.number} said")


def _require_same_profile(reading: Reading[Definition], newest: ServiceVersion | None) -> None:
    """A seal is read by its profile for as long as it lasts: a profile only grows at its end."""
    if newest is None or newest.definition.profile_code != reading.value.profile_code:
        return
    currency = territory().currency
    before, now = newest.definition.profile(currency).fields, reading.value.profile(currency).fields
    if now[: len(before)] != before:
        what = Text(
            en="the facts of this profile were changed, and issued seals are read by it.",
            ar="تغيّرت محتويات نموذج الإصدار، والمحررات الصادرة تُقرأ به.",
        )
        remedy = Text(
            en="Add facts at the end only, or give a new profile-code.",
            ar="أضف المحتويات في آخر القائمة فقط، أو اكتب profile-code جديدًا.",
        )
        raise DefinitionRefused(
            [reading.source.problem(("profile-code",), what, remedy, code="profile-changed")]
        )


def alone_with(service: str) -> None:
    """Alone with the versions of a service until the transaction ends."""
    one_at_a_time(f"catalogue.publish.{service}")
