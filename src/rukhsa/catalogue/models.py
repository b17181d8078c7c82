"""Service definitions, frozen: what was published stays as it was."""

from functools import cached_property, lru_cache

from django.db import models

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.territory import territory
from rukhsa.trust.profiles import Profile

PAPERS = ("receipt", "money-back")


class ServiceVersionQuerySet(models.QuerySet["ServiceVersion"]):
    """Which definitions are in force."""

    def current(self) -> "ServiceVersionQuerySet":
        """The newest version of each service."""
        return self.order_by("service", "-number").distinct("service")

    def offered(self) -> "ServiceVersionQuerySet":
        """The newest version of each service that people apply for: papers are issued for facts of money."""
        return self.current().exclude(service__in=PAPERS)


class ServiceVersion(models.Model):
    """A service definition as it was published: its text, its meaning, and the digest of the meaning."""

    service = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    source_text = models.TextField()
    meaning = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)

    objects = ServiceVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="service_version_once"),
            models.UniqueConstraint(fields=["service", "digest"], name="service_meaning_once"),
        ]

    @cached_property
    def definition(self) -> Definition:
        """What was published, read once a process: it never changes."""
        return stored_definition(self.pk, self.digest) if self.pk else Definition.model_validate(self.meaning)

    @cached_property
    def profile(self) -> Profile:
        """The profile of the seals that this version makes."""
        return (
            stored_profile(self.pk, self.digest) if self.pk else self.definition.profile(territory().currency)
        )

    def __str__(self) -> str:
        return f"{self.service} v{self.number}"


@lru_cache(maxsize=512)
def stored_definition(pk: int, digest: str) -> Definition:
    """The definition of a version as the database has it.

    Never one that is still in memory from before it was stored: the codes of options are their places, and
    sealing and printing must count them alike.
    """
    return Definition.model_validate(
        ServiceVersion.objects.values_list("meaning", flat=True).get(pk=pk, digest=digest)
    )


@lru_cache(maxsize=512)
def stored_profile(pk: int, digest: str) -> Profile:
    """The profile of a stored definition, made once a process."""
    return stored_definition(pk, digest).profile(territory().currency)
