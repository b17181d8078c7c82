"""A proposal to publish a text as the next version of a service, which a second person approves or refuses."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY, Scope, authority
from rukhsa.catalogue.compiler import problems_beside, problems_of
from rukhsa.catalogue.definition import Definition, read_definition_text
from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.service_version import ServiceVersion, alone_with, freeze, prove, require_publishable
from rukhsa.catalogue.source import loads
from rukhsa.catalogue.territory import territory, territory_folder

PROPOSAL = "proposal.yaml"  # what a text without a file is called where its problems are told


class ServiceProposalQuerySet(models.QuerySet["ServiceProposal"]):
    """Queries for proposals."""

    def open(self) -> "ServiceProposalQuerySet":
        """Proposals that were neither approved nor refused."""
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
    reason = models.TextField(blank=True)  # why, for the person who approves
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
        proposed = read_definition_text(self.source_text, file=PROPOSAL).value
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


type Telling = Callable[[Definition, Definition], dict[str, str]]


class ProposalError(CatalogueError):
    """A proposal that cannot be made or decided."""


class EffectiveDayPast(ProposalError):
    """An effective day in the past: applications begun under the old text would change afterwards."""

    code = "effective-day-past"


class Overtaken(ProposalError):
    """Another version was published meanwhile: the shown difference is no longer true."""

    code = "proposal-overtaken"


def read_proposal(text: str, *, on: date, file: str = PROPOSAL) -> Reading[Definition]:
    """Read a text as a definition that could be published, effective on a day; problems name the `file`.

    Raises DefinitionRefused with every problem, alone and with the services as they are published; PublishedBefore.
    """
    reading = read_definition_text(text, file=file)
    if problems := (*problems_of(reading, territory(), on=on), *_problems_together(reading)):
        raise DefinitionRefused(problems)
    require_publishable(reading)
    return reading


def propose(
    text: str,
    *,
    effective_on: date,
    tell: Telling,
    reason: str = "",
    file: str = PROPOSAL,
    actor: Actor,
    at: datetime,
) -> ServiceProposal:
    """Propose a text for drafts that begin on a day or later; the same person cannot approve it.

    What `tell` says of the difference to the newest version, for each language, is kept: it is what the second
    person sees, and approves, beside the `reason`. It takes some seconds, since its longest document is worn
    before (docs/formats/gate.md).
    Raises NotPermitted, EffectiveDayPast, what `read_proposal` raises, and CatalogueError for a document that would
    not be released.
    """
    actor.require_somewhere(Permission.PROPOSE_SERVICE)
    if effective_on < timezone.localdate(at):
        raise EffectiveDayPast(effective_on.isoformat())
    definition = read_proposal(text, on=effective_on, file=file).value
    proposal = _proposal(definition, text, effective_on, tell)
    proposal.reason = reason.strip()
    agreement.require(Permission.PROPOSE_SERVICE, actor, proposal.scopes)  # before it takes some seconds
    prove(definition, territory_folder())
    return agreement.propose(proposal, permission=Permission.PROPOSE_SERVICE, actor=actor, at=at)


@transaction.atomic
def approve(proposal: ServiceProposal, *, actor: Actor, at: datetime) -> ServiceVersion:
    """Publish what another person proposed, from its day on, or from today where that has passed.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, Overtaken, and what `read_proposal` raises.
    """
    proposal = agreement.lock_as_second(proposal, permission=Permission.PUBLISH_SERVICE, actor=actor)
    alone_with(proposal.service)
    if ServiceVersion.objects.newest(proposal.service) != proposal.based_on:
        raise Overtaken(str(proposal.pk))
    effective_on = max(proposal.effective_on, timezone.localdate(at))
    reading = read_proposal(proposal.source_text, on=effective_on)
    proposal.version = freeze(reading, effective_on=effective_on, actor=actor, at=at)
    agreement.close(proposal, State.APPROVED, actor=actor, at=at)
    return proposal.version


@transaction.atomic
def refuse(proposal: ServiceProposal, reason: str, *, actor: Actor, at: datetime) -> ServiceProposal:
    """Refuse a proposal with a reason; its proposer withdraws it this way.

    Raises NotPermitted, ReasonMissing, NotToBeDecided.
    """
    if proposal.proposed_by_id == actor.person.pk:
        agreement.require(Permission.PROPOSE_SERVICE, actor, proposal.scopes)
    return agreement.refuse(proposal, reason, permission=Permission.PUBLISH_SERVICE, actor=actor, at=at)


def _proposal(definition: Definition, text: str, effective_on: date, tell: Telling) -> ServiceProposal:
    based_on = ServiceVersion.objects.newest(definition.service)
    return ServiceProposal(
        service=definition.service,
        source_text=text,
        text_digest=hashlib.sha256(text.encode()).hexdigest(),
        based_on=based_on,
        difference=tell(based_on.definition, definition) if based_on else {},
        effective_on=effective_on,
    )


def _problems_together(reading: Reading[Definition]) -> Iterator[DefinitionProblem]:
    """The problems of the text beside the newest versions of the other services."""
    name = reading.value.service
    newest = ServiceVersion.objects.exclude(service=name).order_by("service", "-number").distinct("service")
    others = (
        Reading(value=each.definition, source=loads(each.source_text, file=f"{each.service}.yaml"))
        for each in newest
        if each.source_text
    )
    return problems_beside(reading, others, territory())
