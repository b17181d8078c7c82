"""Writes a decision, whoever took it: once a round, with its step, and never a grant before its steps are done."""

from datetime import datetime

from rukhsa.accounts.models import Person
from rukhsa.applications import limits
from rukhsa.applications.models import Application
from rukhsa.applications.quotas import QuotaSpent
from rukhsa.applications.renewing import RenewalUnderWay
from rukhsa.applications.stages import Act
from rukhsa.applications.submit import take
from rukhsa.authorities.actor import Actor
from rukhsa.places.occupation import AlreadyOccupied, occupy
from rukhsa.places.slots import PlaceFull
from rukhsa.review import facts, ground, plan, queue
from rukhsa.review.errors import AlreadyDecided, LimitReached, PlaceTaken, ReasonsMissing, StepsNotDone
from rukhsa.review.models import Decision
from rukhsa.review.sittings import Sitting

_ACTS = {Decision.Outcome.GRANTED: Act.GRANT, Decision.Outcome.REFUSED: Act.REFUSE}


def decided(application: Application, outcome: Decision.Outcome) -> Decision | None:
    """The decision that stands, when it is this one; raise `AlreadyDecided` when it is the other."""
    present = facts.standing_decision(application)
    if present and present.outcome != outcome:
        raise AlreadyDecided
    return present


def require_ready(
    application: Application, outcome: Decision.Outcome, reasons: str, known: facts.Facts | None = None
) -> None:
    """A refusal has reasons, and a grant comes after every step before it: `ReasonsMissing`, `StepsNotDone`.

    `known` are its facts, where the caller has read them.
    """
    if outcome is Decision.Outcome.REFUSED:
        if not reasons.strip():
            raise ReasonsMissing
        return
    if missing := plan.missing_before_decision(plan.steps(application, known)):
        raise StepsNotDone(missing[0].id)


def resolve(
    application: Application,
    outcome: Decision.Outcome,
    reasons: str,
    legal_basis: str,
    *,
    actor: Actor | None,
    at: datetime,
    proposed_by: Person | None = None,
    rule: str = "",
    sitting: Sitting | None = None,
) -> Decision:
    """Write the decision of a locked application and take its step; of a sitting, `actor` wrote it down."""
    if outcome is Decision.Outcome.GRANTED:
        _occupy(application, at)
        _take_what_is_limited(application, at)
    else:
        limits.give_back(application)
    round = facts.round_of(application.steps.all())
    take(application, _ACTS[outcome], actor=actor, at=at, content={"outcome": outcome})
    decision = Decision.objects.create(
        application=application,
        round=round,
        outcome=outcome,
        reasons=reasons.strip(),
        legal_basis=legal_basis.strip(),
        officer=actor.person if actor and not sitting else None,
        proposed_by=proposed_by,
        rule=rule,
        sitting=sitting,
        at=at,
    )
    queue.place(application, at)
    return decision


def _occupy(application: Application, at: datetime) -> None:
    """Hold the place for the period that is granted, so that no second works are; raise `PlaceTaken`."""
    wanted = ground.wanted(application, at=at)
    if wanted:
        try:
            occupy(application.reference or "", wanted.geometry, wanted.period, address=wanted.address)
        except AlreadyOccupied as taken:
            raise PlaceTaken(taken) from taken


def _take_what_is_limited(application: Application, at: datetime) -> None:
    """The place and the quota, for the days that are granted; raise `LimitReached`."""
    try:
        limits.take(application, at=at)
    except (PlaceFull, QuotaSpent, RenewalUnderWay) as reached:
        raise LimitReached(reached.code) from reached
