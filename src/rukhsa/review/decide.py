"""Takes the decision: once, by an officer or by a rule, and never a grant before its steps are done."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import limits
from rukhsa.applications.models import Application
from rukhsa.applications.quotas import QuotaSpent
from rukhsa.applications.stages import Act
from rukhsa.applications.submit import take
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import heard
from rukhsa.catalogue.facts import validity_period
from rukhsa.places.occupation import AlreadyOccupied, occupy
from rukhsa.places.slots import PlaceFull
from rukhsa.review import plan, queue, reach
from rukhsa.review.errors import (
    AlreadyDecided,
    DecidedByRule,
    LimitReached,
    PlaceTaken,
    ReasonsMissing,
    SameOfficer,
    StepsNotDone,
)
from rukhsa.review.models import Decision

_ACTS = {Decision.Outcome.GRANTED: Act.GRANT, Decision.Outcome.REFUSED: Act.REFUSE}


@transaction.atomic
def decide(
    application: Application,
    outcome: str,
    reasons: str,
    legal_basis: str,
    *,
    actor: Actor,
    at: datetime,
) -> Decision:
    """The officer's decision; the same outcome a second time, by whomever, gives the first one back.

    1. A refusal has reasons. 2. A grant comes after every step before it. 3. Where the definition wants two
    officers, who checked does not decide. Raise `ReasonsMissing`, `StepsNotDone`, `SameOfficer`,
    `AlreadyDecided`, `DecidedByRule`, or `NotPossible` at this stage.
    """
    actor.require(Permission.DECIDE)
    application = reach.lock(application, actor)
    outcome = Decision.Outcome(outcome)
    if present := _decided(application, outcome):
        return present
    if application.definition.decision.decide == "rule":
        raise DecidedByRule
    if outcome is Decision.Outcome.REFUSED and not reasons.strip():  # 1
        raise ReasonsMissing
    if outcome is Decision.Outcome.GRANTED:  # 2
        _require_steps(application)
    _require_other_officer(application, actor)  # 3
    return _write(application, outcome, reasons.strip(), legal_basis.strip(), rule="", actor=actor, at=at)


@transaction.atomic
def by_rule(application: Application, at: datetime) -> Decision | None:
    """The rule's decision, when a rule decides and its turn has come; again changes nothing."""
    application = reach.lock_for_system(application)
    rule = application.definition.decision
    if present := Decision.objects.filter(application=application).first():
        return present
    turn = plan.find(plan.steps(application), plan.Kind.DECIDE, plan.DECIDE)
    if rule.decide != "rule" or turn is None or not turn.is_open:
        return None
    granted = holds(rule.grant_when, heard(application.definition, application.answers))
    outcome = Decision.Outcome.GRANTED if granted else Decision.Outcome.REFUSED
    basis = rule.legal_basis.in_language(application.language) if rule.legal_basis else ""
    reasons = "" if granted else _reason_of_rule(application.language)
    return _write(application, outcome, reasons, basis, rule=_rule_name(application), actor=None, at=at)


def _decided(application: Application, outcome: Decision.Outcome) -> Decision | None:
    present = Decision.objects.filter(application=application).first()
    if present and present.outcome != outcome:
        raise AlreadyDecided
    return present


def _require_steps(application: Application) -> None:
    if missing := plan.missing_before_decision(plan.steps(application)):
        raise StepsNotDone(missing[0].id)


def _require_other_officer(application: Application, actor: Actor) -> None:
    two_officers = application.definition.decision.other_than_checker == "yes"
    if two_officers and application.checks.filter(officer=actor.person).exists():
        raise SameOfficer


def _write(
    application: Application,
    outcome: Decision.Outcome,
    reasons: str,
    legal_basis: str,
    *,
    rule: str,
    actor: Actor | None,
    at: datetime,
) -> Decision:
    if outcome is Decision.Outcome.GRANTED:
        _occupy(application, at)
        _take_what_is_limited(application, at)
    else:
        limits.give_back(application)
    take(application, _ACTS[outcome], actor=actor, at=at, content={"outcome": outcome})
    decision = Decision.objects.create(
        application=application,
        outcome=outcome,
        reasons=reasons,
        legal_basis=legal_basis,
        officer=actor.person if actor else None,
        rule=rule,
        at=at,
    )
    queue.place(application, at)
    return decision


def _occupy(application: Application, at: datetime) -> None:
    """Hold the place for the period that is granted, so that no second works are; raise `PlaceTaken`."""
    clash = application.definition.instrument.clashes
    if clash:
        answers = heard(application.definition, application.answers)
        period = validity_period(application.definition, answers, issued=timezone.localdate(at))
        try:
            occupy(application.reference or "", answers[clash.place]["geometry"], period)
        except AlreadyOccupied as taken:
            raise PlaceTaken(taken.instrument, taken.end) from taken


def _take_what_is_limited(application: Application, at: datetime) -> None:
    """The place and the quota, for the days that are granted; raise `LimitReached`."""
    try:
        limits.take(application, at=at)
    except (PlaceFull, QuotaSpent) as reached:
        raise LimitReached(reached.code) from reached


def _rule_name(application: Application) -> str:
    return str(application.service_version)[:60]


def _reason_of_rule(language: str) -> str:
    with translation.override(language):
        return _("The answers do not meet the conditions on which this service is granted.")
