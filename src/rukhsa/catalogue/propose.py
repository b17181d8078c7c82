"""Publishing by two people: one proposes a text from a day on, another approves it, and both are in the journal."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import NotToBeDecided
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY, Scope, authority
from rukhsa.catalogue.checks import together
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.compiler import problems_of
from rukhsa.catalogue.definition import Definition, read_definition_text
from rukhsa.catalogue.models import Approval, ProposalRefusal, ServiceProposal, ServiceVersion
from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.proofs import prove
from rukhsa.catalogue.publish import alone_with, freeze, require_publishable
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.source import loads
from rukhsa.catalogue.territory import territory, territory_folder

type Telling = Callable[[Definition, Definition], dict[str, str]]


class ProposalError(CatalogueError):
    """A proposal that cannot be made or decided so."""


class EffectiveDayPast(ProposalError):
    """A day before today: what people began under the old text would change afterwards."""

    code = "effective-day-past"


class Overtaken(ProposalError):
    """Another version was published since: what was compared is not what would be replaced."""

    code = "proposal-overtaken"


def read_proposal(text: str, *, on: date) -> Reading[Definition]:
    """A text as a definition that could be published now, to hold from a day.

    Raises DefinitionRefused with every problem, alone and with the services as they are published; PublishedBefore.
    """
    reading = read_definition_text(text, file="proposal.yaml")
    if problems := (*problems_of(reading, territory(), on=on), *_problems_together(reading)):
        raise DefinitionRefused(problems)
    require_publishable(reading)
    return reading


def propose(text: str, *, effective_on: date, tell: Telling, actor: Actor, at: datetime) -> ServiceProposal:
    """Ask that a text be published, for drafts that begin on a day or later; the same person cannot approve it.

    What `tell` says of the difference to the newest version, for each language, is kept: it is what the second
    person sees, and approves. It takes some seconds, since its longest document is worn before (docs/formats/gate.md).
    Raises NotPermitted, EffectiveDayPast, what `read_proposal` raises, and CatalogueError for a document that would
    not be released.
    """
    actor.require_somewhere(Permission.PROPOSE_SERVICE)
    if effective_on < timezone.localdate(at):
        raise EffectiveDayPast(effective_on.isoformat())
    definition = read_proposal(text, on=effective_on).value
    _require(
        actor,
        Permission.PROPOSE_SERVICE,
        _scopes(definition, ServiceVersion.objects.newest(definition.service)),
    )
    prove(definition, territory_folder())
    return _keep(definition, text, effective_on, tell, actor, at)


@transaction.atomic
def approve(proposal: ServiceProposal, *, actor: Actor, at: datetime) -> ServiceVersion:
    """Publish what another person proposed, from its day on, or from today where that has passed.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, Overtaken, and what `read_proposal` raises.
    """
    _require(actor, Permission.PUBLISH_SERVICE, scopes_of(proposal))
    proposal = _locked(proposal)
    agreement.require_another(proposal.proposed_by_id, actor)
    alone_with(proposal.service)
    if ServiceVersion.objects.newest(proposal.service) != proposal.based_on:
        raise Overtaken(str(proposal.pk))
    effective_on = max(proposal.effective_on, timezone.localdate(at))
    reading = read_proposal(proposal.source_text, on=effective_on)
    version = freeze(reading, effective_on=effective_on, actor=actor, at=at)
    Approval.objects.create(
        proposal=proposal,
        version=version,
        proposed_by_id=proposal.proposed_by_id,
        approved_by=actor.person,
        at=at,
    )
    record("approve-service", proposal, actor=actor, at=at, version=str(version), text=proposal.text_digest)
    return version


@transaction.atomic
def refuse(proposal: ServiceProposal, reason: str, *, actor: Actor, at: datetime) -> ProposalRefusal:
    """Do not publish it, for a reason; whoever proposed it may take it back so.

    Raises NotPermitted, ReasonMissing, NotToBeDecided.
    """
    own = proposal.proposed_by_id == actor.person.pk
    _require(actor, Permission.PROPOSE_SERVICE if own else Permission.PUBLISH_SERVICE, scopes_of(proposal))
    reason = agreement.written(reason)
    proposal = _locked(proposal)
    refusal = ProposalRefusal.objects.create(proposal=proposal, reason=reason, refused_by=actor.person, at=at)
    record("refuse-service", proposal, actor=actor, at=at)
    return refusal


def scopes_of(proposal: ServiceProposal) -> frozenset[Scope]:
    """Where a permission to decide on a proposed text is to be held: at each authority that alone offers the service,
    by the new text or by the one before; in any authority where each offers it."""
    definition = read_definition_text(proposal.source_text, file="proposal.yaml").value
    return _scopes(definition, proposal.based_on)


def _scopes(definition: Definition, before: ServiceVersion | None) -> frozenset[Scope]:
    routings = (each.authority for each in (definition, before.definition if before else definition))
    return frozenset(authority(each.always.upper()) if each.always else TERRITORY for each in routings)


def _require(actor: Actor, permission: Permission, scopes: frozenset[Scope]) -> None:
    for scope in scopes:
        actor.require(permission, at=scope)


@transaction.atomic
def _keep(
    definition: Definition, text: str, effective_on: date, tell: Telling, actor: Actor, at: datetime
) -> ServiceProposal:
    service, digest = definition.service, hashlib.sha256(text.encode()).hexdigest()
    based_on = ServiceVersion.objects.newest(service)
    proposal = ServiceProposal.objects.create(
        service=service,
        source_text=text,
        text_digest=digest,
        based_on=based_on,
        difference=tell(based_on.definition, definition) if based_on else {},
        effective_on=effective_on,
        proposed_by=actor.person,
        proposed_at=at,
    )
    record("propose-service", proposal, actor=actor, at=at, service=service, text=digest)
    return proposal


def _locked(proposal: ServiceProposal) -> ServiceProposal:
    locked = (
        ServiceProposal.objects.select_related("based_on").select_for_update(of=("self",)).get(pk=proposal.pk)
    )
    if not ServiceProposal.objects.open().filter(pk=locked.pk).exists():
        raise NotToBeDecided(str(proposal.pk))
    return locked


def _problems_together(reading: Reading[Definition]) -> Iterator[DefinitionProblem]:
    """What is wrong with it beside the others, each in its newest version."""
    place, name = territory(), reading.value.service
    newest = ServiceVersion.objects.exclude(service=name).order_by("service", "-number").distinct("service")
    others = (
        Reading(value=each.definition, source=loads(each.source_text, file=f"{each.service}.yaml"))
        for each in newest
        if each.source_text
    )
    subjects = [Subject(reading=each, territory=place) for each in (*others, reading)]
    found = together.check(subjects)
    return (problem for problem in found if problem.file == reading.source.file)
