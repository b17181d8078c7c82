"""A version of a service: a checked definition, frozen with the digest of its meaning; and how one is published."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.compiler import require_sound
from rukhsa.catalogue.definition import Definition, follow, read_definition
from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.territory import territory
from rukhsa.locks import one_at_a_time
from rukhsa.trust.profiles import Profile
from rukhsa.values.names import Text

PAPERS = ("receipt", "money-back")


class ServiceVersionQuerySet(models.QuerySet["ServiceVersion"]):
    """Queries for versions."""

    def current(self, *, on: date | None = None) -> "ServiceVersionQuerySet":
        """The version of each service that is in effect on a day (default: today): the one that started last."""
        begun = Q(effective_on=None) | Q(effective_on__lte=on or timezone.localdate())
        since = Coalesce("effective_on", TruncDate("published_at"))
        return self.filter(begun).order_by("service", since.desc(), "-number").distinct("service")

    def newest(self, service: str) -> "ServiceVersion | None":
        """The version published last, whether in effect or not yet."""
        return self.filter(service=service).order_by("-number").first()

    def newest_of(self, services: Collection[str]) -> "ServiceVersionQuerySet":
        """The version published last of each of these services, with its text and meaning deferred."""
        newest = self.filter(service__in=services).order_by("service", "-number").distinct("service")
        return newest.light()

    def light(self) -> "ServiceVersionQuerySet":
        """Without text and meaning: the definition of a version is read once in a process."""
        return self.defer("source_text", "meaning")

    def offered(self) -> "ServiceVersionQuerySet":
        """The current version of each service that people apply for, without the papers about money."""
        return self.current().exclude(service__in=PAPERS)

    def names(self, versions: Collection[int]) -> dict[int, Text]:
        """The names of these versions by key, without reading whole definitions."""
        found = self.filter(pk__in=versions).values_list("pk", "meaning__name")
        return {pk: Text(ar=name.get("ar", ""), en=name.get("en", "")) for pk, name in found}


class ServiceVersion(models.Model):
    """A service definition as it was published: its text, its meaning, and the digest of the meaning."""

    service = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    source_text = models.TextField()
    meaning = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)
    effective_on = models.DateField(null=True)  # the first day of drafts that begin with it; none: at once

    objects = ServiceVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="service_version_once"),
            models.UniqueConstraint(fields=["service", "digest"], name="service_meaning_once"),
        ]

    @cached_property
    def definition(self) -> Definition:
        """The published definition; cached, since it never changes."""
        return stored_definition(self.pk, self.digest) if self.pk else _read(self.meaning)

    @cached_property
    def profile(self) -> Profile:
        """The profile of this version's seals."""
        return (
            stored_profile(self.pk, self.digest) if self.pk else self.definition.profile(territory().currency)
        )

    def __str__(self) -> str:
        return f"{self.service} v{self.number}"


@lru_cache(maxsize=512)
def stored_definition(pk: int, digest: str) -> Definition:
    """The definition of a version as stored.

    Issuing uses no definition from before it was stored: the code of an option is its place, and sealing and
    printing must count alike.
    """
    return _read(ServiceVersion.objects.values_list("meaning", flat=True).get(pk=pk, digest=digest))


def _read(meaning: Mapping[str, Any]) -> Definition:
    # Words of older versions that no longer have a meaning: what the second said holds everywhere now.
    instrument = {word: said for word, said in meaning["instrument"].items() if word != "dense-code"}
    *earlier, last = meaning["review"]
    decision = {word: said for word, said in last.items() if word != "other-than-checker"}
    return Definition.model_validate({**meaning, "instrument": instrument, "review": [*earlier, decision]})


@lru_cache(maxsize=512)
def followed(form: ServiceVersion, process: ServiceVersion) -> Definition:
    """The form, charges and instrument of one version, with the review and the visits after issue of another."""
    return follow(form.definition, process.definition)


@lru_cache(maxsize=512)
def stored_profile(pk: int, digest: str) -> Profile:
    """The profile of a stored definition, cached."""
    return stored_definition(pk, digest).profile(territory().currency)


class PublishedBefore(CatalogueError):
    """The definition is the same as an older version, which cannot be published again."""

    code = "published-before"


@transaction.atomic
def publish(path: Path, *, actor: Actor | None, at: datetime) -> ServiceVersion:
    """Publish the definition in a file: a new version, or the newest one if nothing changed.

    It takes effect at once, without approval: for setting up and for development (`propose` needs a second person).
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
    """Publish definitions that have no problems, as `publish` does. Raises PublishedBefore for any."""
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
    """Store a definition without problems as the next version. Raises PublishedBefore, DefinitionRefused."""
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
    """Raise PublishedBefore for the text of an older version, DefinitionRefused for a rearranged profile."""
    _require_new(reading.value, digest_of(reading.value))
    _require_same_profile(reading, ServiceVersion.objects.newest(reading.value.service))


def meaning_of(definition: Definition) -> dict[str, object]:
    """The definition as JSON without defaults; reading it again gives the same definition."""
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
    """Issued seals are read by their profile, so that a profile only grows at its end."""
    if newest is None or newest.definition.profile_code != reading.value.profile_code:
        return
    currency = territory().currency
    before, now = newest.definition.profile(currency).fields, reading.value.profile(currency).fields
    if now[: len(before)] != before:
        what = Text(
            en="the facts of this profile were changed, and issued seals are read by it.",
            ar="تغيّرت محتويات نموذج الإصدار، والوثائق الصادرة تُقرأ به.",
        )
        remedy = Text(
            en="Add facts at the end only, or give a new profile-code.",
            ar="أضف المحتويات في آخر القائمة فقط، أو اكتب profile-code جديدًا.",
        )
        raise DefinitionRefused(
            [reading.source.problem(("profile-code",), what, remedy, code="profile-changed")]
        )


def alone_with(service: str) -> None:
    """Lock the versions of a service until the transaction ends."""
    one_at_a_time(f"catalogue.publish.{service}")


type Proof = Callable[[Definition, Path], None]

_PROOFS: Final[list[Proof]] = []


def register_proof(proof: Proof) -> None:
    """Register what a later room proves of a definition before it is published; a proof raises CatalogueError."""
    _PROOFS.append(proof)


def prove(definition: Definition, folder: Path) -> None:
    """Run every registered proof on a definition. Raises CatalogueError."""
    for proof in _PROOFS:
        proof(definition, folder)
