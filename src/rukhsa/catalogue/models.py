"""Service definitions, frozen: what was published stays as it was; and what is proposed to be published."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from rukhsa.agreement import Agreement, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY, Scope, authority
from rukhsa.catalogue.definition import Definition, read_definition_text
from rukhsa.catalogue.process import follow
from rukhsa.catalogue.territory import territory
from rukhsa.trust.profiles import Profile

PAPERS = ("receipt", "money-back")


class ServiceVersionQuerySet(models.QuerySet["ServiceVersion"]):
    """Which definitions are in force."""

    def current(self, *, on: date | None = None) -> "ServiceVersionQuerySet":
        """The version of each service that is in effect on a day, today unless said: that of the latest start."""
        begun = Q(effective_on=None) | Q(effective_on__lte=on or timezone.localdate())
        since = Coalesce("effective_on", TruncDate("published_at"))
        return self.filter(begun).order_by("service", since.desc(), "-number").distinct("service")

    def newest(self, service: str) -> "ServiceVersion | None":
        """The version published last, in effect or not yet."""
        return self.filter(service=service).order_by("-number").first()

    def newest_of(self, services: Collection[str]) -> "ServiceVersionQuerySet":
        """The version published last of each of these services, without what it says until that is asked for."""
        newest = self.filter(service__in=services).order_by("service", "-number").distinct("service")
        return newest.defer("source_text", "meaning")

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
    effective_on = models.DateField(null=True)  # the first day of drafts that begin with it; none: at once

    objects = ServiceVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="service_version_once"),
            models.UniqueConstraint(fields=["service", "digest"], name="service_meaning_once"),
        ]

    @cached_property
    def definition(self) -> Definition:
        """What was published, read once a process: it never changes."""
        return stored_definition(self.pk, self.digest) if self.pk else _read(self.meaning)

    @cached_property
    def profile(self) -> Profile:
        """The profile of the seals that this version makes."""
        return (
            stored_profile(self.pk, self.digest) if self.pk else self.definition.profile(territory().currency)
        )

    def __str__(self) -> str:
        return f"{self.service} v{self.number}"


class ServiceProposalQuerySet(models.QuerySet["ServiceProposal"]):
    """Which proposals wait."""

    def open(self) -> "ServiceProposalQuerySet":
        """Those that were neither approved nor refused."""
        return self.filter(state=State.PROPOSED)


class ServiceProposal(Agreement):
    """A text that one of the staff asks to be published from a day on, which another must approve."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.SlugField(max_length=60)
    source_text = models.TextField()
    text_digest = models.CharField(
        max_length=64
    )  # SHA-256 of the text in UTF-8: what was read is what is approved
    based_on = models.ForeignKey(ServiceVersion, models.PROTECT, null=True, related_name="+")
    # What it changes against that one, told in each language when it was proposed: what is seen is what is approved.
    difference = models.JSONField(default=dict)
    effective_on = models.DateField()
    version = models.OneToOneField(
        ServiceVersion, models.PROTECT, null=True, related_name="+"
    )  # once approved

    objects = ServiceProposalQuerySet.as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state="approved", version__isnull=False)
                | (~Q(state="approved") & Q(version=None)),
                name="an_approved_proposal_is_a_version",
            ),
        ]
        indexes = [models.Index(fields=["service", "-proposed_at"], name="proposals_of_a_service")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def scope(self) -> Scope:
        """The text of a service belongs to no one authority."""
        return TERRITORY

    @property
    def scopes(self) -> frozenset[Scope]:
        """Each authority that alone offers the service, by the new text or by the one before; any authority where each
        offers it."""
        proposed = read_definition_text(self.source_text, file="proposal.yaml").value
        routings = (
            each.authority for each in (proposed, self.based_on.definition if self.based_on else proposed)
        )
        return frozenset(authority(each.always.upper()) if each.always else TERRITORY for each in routings)

    def journal(self, act: str, *, actor: Actor, at: datetime) -> None:
        """Write "propose", "approve" or "refuse" in the journal."""
        match act:
            case "propose":
                text = self.text_digest
                record("propose-service", self, actor=actor, at=at, service=self.service, text=text)
            case "approve":
                version = str(self.version)
                record("approve-service", self, actor=actor, at=at, version=version, text=self.text_digest)
            case "refuse":
                record("refuse-service", self, actor=actor, at=at)


@lru_cache(maxsize=512)
def stored_definition(pk: int, digest: str) -> Definition:
    """The definition of a version as the database has it.

    Never one that is still in memory from before it was stored: the codes of options are their places, and
    sealing and printing must count them alike.
    """
    return _read(ServiceVersion.objects.values_list("meaning", flat=True).get(pk=pk, digest=digest))


def _read(meaning: Mapping[str, Any]) -> Definition:
    # A word of versions published before every seal had to fit; it said nothing about what is issued.
    instrument = {word: said for word, said in meaning["instrument"].items() if word != "dense-code"}
    return Definition.model_validate({**meaning, "instrument": instrument})


@lru_cache(maxsize=512)
def followed(form: ServiceVersion, process: ServiceVersion) -> Definition:
    """The form, charges and instrument of one version, with the review and the visits after issue of another."""
    return follow(form.definition, process.definition)


@lru_cache(maxsize=512)
def stored_profile(pk: int, digest: str) -> Profile:
    """The profile of a stored definition, made once a process."""
    return stored_definition(pk, digest).profile(territory().currency)
