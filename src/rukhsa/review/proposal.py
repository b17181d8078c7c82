"""Proposals: where two officers decide, one proposes with reasons, and another confirms or disagrees."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.applications import competence
from rukhsa.applications.models import Application, Step
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.reason import Reason, in_words
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, plan, queue
from rukhsa.review.decision import MANDATED, Decision, decided, require_no_decision_by, require_ready, write
from rukhsa.review.errors import ReasonsMissing, ReviewError, StepNotOpen


class AlreadyProposed(ReviewError):
    """Another proposal stands."""

    code = "already-proposed"
    text = _("A decision was already proposed. Another officer confirms it or disagrees.")


class NothingProposed(ReviewError):
    """There is no proposal that could be confirmed."""

    code = "nothing-proposed"
    text = _("No decision is proposed now. Open the application again.")


class Proposal(Agreement):
    """What the first of two officers proposes for one submission; the second confirms, or disagrees with reasons."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="proposals")
    submission = models.ForeignKey(Step, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Decision.Outcome)
    reasons = models.TextField()  # as told in the language of the application
    note = models.TextField(blank=True)  # the officer's own words in them
    coded = models.ManyToManyField(Reason, related_name="+")
    legal_basis = models.TextField(blank=True)
    refusal = models.TextField(blank=True)  # why the second officer disagreed

    longest_refusal = None
    authority_path = "application__authority"

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["submission"], condition=Q(state="proposed"), name="one_proposal_waits_a_submission"
            ),
        ]

    def journal(self, act: str, *, actor: Actor, at: datetime) -> None:
        """Write a proposal and a disagreement in the journal; what is approved is written as the decision."""
        if act == "propose":
            record("propose-decision", self.application, actor=actor, at=at, outcome=self.outcome)
        if act == "refuse":
            record("disagree", self.application, actor=actor, at=at, proposal=self.pk)


def standing_proposal(application: Application, submission: Step | None) -> Proposal | None:
    """What waits for the second officer, for the newest submission."""
    if application.definition.decision.decide != "two officers" or submission is None:
        return None
    proposals = application.proposals.filter(submission=submission, state=State.PROPOSED)
    return proposals.select_related("proposed_by").first()


def newest_disagreement(application: Application) -> Proposal | None:
    """The proposal with which a second officer disagreed last."""
    if application.definition.decision.decide != "two officers":
        return None
    disagreed = application.proposals.filter(state=State.REFUSED)
    return disagreed.select_related("decided_by").order_by("-id").first()


@transaction.atomic
def propose(
    application: Application,
    outcome: str,
    reasons: str,
    legal_basis: str,
    *,
    coded: Sequence[Reason] = (),
    actor: Actor,
    at: datetime,
) -> Proposal:
    """Propose a decision as the first officer, always with reasons; the same again changes nothing.

    Raises StepNotOpen where not two officers decide or nothing was submitted, AlreadyProposed, ReasonsMissing,
    StepsNotDone, DecidedBefore, OutsideMandate.
    """
    application = participant.lock_for(application, actor, Permission.DECIDE, at=at)
    outcome = Decision.Outcome(outcome)
    known = plan.read(application)
    if application.definition.decision.decide != "two officers" or application.stage != "submitted":
        raise StepNotOpen("decide")
    assert known.submission  # the stage says so
    note, reasons = reasons.strip() if coded else "", in_words(coded, reasons, application.language)
    if present := standing_proposal(application, known.submission):
        _require_same(present, outcome, reasons, actor)
        return present
    if not reasons:
        raise ReasonsMissing
    require_ready(application, outcome, reasons, known)
    require_no_decision_by(actor, application)
    competence.require(actor, MANDATED[outcome], application, at=at)
    said = {"outcome": outcome, "reasons": reasons, "note": note, "legal_basis": legal_basis.strip()}
    proposal = Proposal(application=application, submission=known.submission, **said)
    agreement.propose(proposal, permission=Permission.DECIDE, actor=actor, at=at)
    if coded:
        proposal.coded.add(*coded)
    queue.refresh(application, at, known)
    advance_soon(application.pk)
    return proposal


def _require_same(present: Proposal, outcome: str, reasons: str, actor: Actor) -> None:
    """Raise AlreadyProposed unless the standing proposal says this, by the same officer."""
    if (present.outcome, present.reasons, present.proposed_by_id) != (outcome, reasons, actor.person.pk):
        raise AlreadyProposed


@transaction.atomic
def confirm(proposal: Proposal, *, actor: Actor, at: datetime) -> Decision:
    """Confirm as the second officer: the decision is taken; again gives it back.

    Raises NothingProposed when the proposal no longer stands, ProposedByYourself, StepsNotDone, DecidedBefore,
    AlreadyDecided, OutsideMandate.
    """
    application = participant.lock_for(proposal.application, actor, Permission.DECIDE, at=at)
    outcome = Decision.Outcome(proposal.outcome)
    if present := decided(application, outcome):
        return present
    known = plan.read(application)
    _require_second(application, known, proposal, actor)
    require_ready(application, outcome, proposal.reasons, known)
    mandate = competence.require(actor, MANDATED[outcome], application, at=at)
    agreed = agreement.approve(proposal, permission=Permission.DECIDE, actor=actor, at=at)
    coded = list(agreed.coded.all())
    decision = write(
        application,
        outcome,
        agreed.note if coded else agreed.reasons,
        agreed.legal_basis,
        coded=coded,
        actor=actor,
        at=at,
        proposed_by=agreed.proposed_by,
        mandate=mandate,
    )
    advance_soon(application.pk)
    return decision


@transaction.atomic
def disagree(proposal: Proposal, reasons: str, *, actor: Actor, at: datetime) -> Proposal:
    """Disagree as the second officer, with reasons: another proposal may follow. The same again changes nothing.

    Raises NothingProposed, ProposedByYourself, ReasonsMissing, DecidedBefore.
    """
    application = participant.lock_for(proposal.application, actor, Permission.DECIDE, at=at)
    present = Proposal.objects.get(pk=proposal.pk)
    if (present.state, present.decided_by_id, present.refusal) == (
        State.REFUSED,
        actor.person.pk,
        reasons.strip(),
    ):
        return present
    known = plan.read(application)
    _require_second(application, known, proposal, actor)
    if not reasons.strip():
        raise ReasonsMissing
    refused = agreement.refuse(proposal, reasons, permission=Permission.DECIDE, actor=actor, at=at)
    queue.refresh(application, at, known)
    advance_soon(application.pk)
    return refused


def _require_second(application: Application, known: plan.Facts, proposal: Proposal, actor: Actor) -> None:
    """Raise NothingProposed, ProposedByYourself or DecidedBefore."""
    if standing_proposal(application, known.submission) != proposal:
        raise NothingProposed
    agreement.require_another(proposal.proposed_by_id, actor)
    require_no_decision_by(actor, application)
