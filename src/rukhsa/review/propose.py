"""Lets two officers decide: one proposes with reasons, another confirms, or disagrees and sends it back."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import require_another
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import facts, queue, reach
from rukhsa.review.errors import (
    AlreadyProposed,
    DecidedBefore,
    NothingProposed,
    ReasonsMissing,
    StepNotOpen,
)
from rukhsa.review.models import Decision, Disagreement, Proposal
from rukhsa.review.resolve import decided, require_ready, resolve


@transaction.atomic
def propose(
    application: Application, outcome: str, reasons: str, legal_basis: str, *, actor: Actor, at: datetime
) -> Proposal:
    """What the first officer proposes, always with reasons; the same again changes nothing.

    Raise `StepNotOpen` where not two officers decide or nothing was submitted, `AlreadyProposed`,
    `ReasonsMissing`, `StepsNotDone` or `DecidedBefore`.
    """
    application = reach.lock(application, actor, Permission.DECIDE)
    outcome = Decision.Outcome(outcome)
    known = facts.read(application)
    if application.definition.decision.decide != "two officers" or application.stage != "submitted":
        raise StepNotOpen("decide")
    assert known.submission  # the stage says so
    if known.proposal:
        return _same(known.proposal, outcome, reasons, actor)
    if not reasons.strip():
        raise ReasonsMissing
    require_ready(application, outcome, reasons, known)
    _require_new_officer(application, actor)
    proposal = Proposal.objects.create(
        application=application,
        submission=known.submission,
        outcome=outcome,
        reasons=reasons.strip(),
        legal_basis=legal_basis.strip(),
        officer=actor.person,
        at=at,
    )
    record("propose-decision", application, actor=actor, at=at, outcome=outcome)
    queue.place(application, at, replace(known, proposal=proposal))
    advance_soon(application.pk)
    return proposal


@transaction.atomic
def confirm(proposal: Proposal, *, actor: Actor, at: datetime) -> Decision:
    """The second officer confirms, and the decision is taken; again gives it back.

    Raise `NothingProposed` when the proposal no longer stands, `ProposedByYourself`, `StepsNotDone`,
    `DecidedBefore` or `AlreadyDecided`.
    """
    application = reach.lock(proposal.application, actor, Permission.DECIDE)
    outcome = Decision.Outcome(proposal.outcome)
    if present := decided(application, outcome):
        return present
    known = facts.read(application)
    _require_second(application, known, proposal, actor)
    require_ready(application, outcome, proposal.reasons, known)
    said = (outcome, proposal.reasons, proposal.legal_basis)
    decision = resolve(application, *said, actor=actor, at=at, proposed_by=proposal.officer)
    advance_soon(application.pk)
    return decision


@transaction.atomic
def disagree(proposal: Proposal, reasons: str, *, actor: Actor, at: datetime) -> Disagreement:
    """The second officer does not confirm, with reasons: another proposal may follow.

    The same again changes nothing. Raise `NothingProposed`, `ProposedByYourself`, `ReasonsMissing` or `DecidedBefore`.
    """
    application = reach.lock(proposal.application, actor, Permission.DECIDE)
    present = Disagreement.objects.filter(proposal=proposal).first()
    if present and (present.officer_id, present.reasons) == (actor.person.pk, reasons.strip()):
        return present
    known = facts.read(application)
    _require_second(application, known, proposal, actor)
    if not reasons.strip():
        raise ReasonsMissing
    made = Disagreement.objects.create(
        proposal=proposal, reasons=reasons.strip(), officer=actor.person, at=at
    )
    record("disagree", application, actor=actor, at=at, proposal=proposal.pk)
    queue.place(application, at, replace(known, proposal=None))
    advance_soon(application.pk)
    return made


def _same(proposal: Proposal, outcome: str, reasons: str, actor: Actor) -> Proposal:
    said = (proposal.outcome, proposal.reasons, proposal.officer_id)
    if said != (outcome, reasons.strip(), actor.person.pk):
        raise AlreadyProposed
    return proposal


def _require_second(application: Application, known: facts.Facts, proposal: Proposal, actor: Actor) -> None:
    standing = known.proposal
    if standing is None or standing.pk != proposal.pk:
        raise NothingProposed
    require_another(proposal.officer_id, actor)
    _require_new_officer(application, actor)


def _require_new_officer(application: Application, actor: Actor) -> None:
    if application.decisions.filter(officer=actor.person).exists():
        raise DecidedBefore
