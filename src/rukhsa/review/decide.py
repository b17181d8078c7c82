"""Takes the decision of one officer, or of a rule."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import heard
from rukhsa.jobs import advance_soon
from rukhsa.review import facts, plan, reach
from rukhsa.review.errors import (
    DecidedBefore,
    DecidedByCommittee,
    DecidedByRule,
    DecidedByTwo,
    PlaceTaken,
    SameOfficer,
)
from rukhsa.review.models import Decision
from rukhsa.review.resolve import decided, require_ready, resolve


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

    1. One officer decides, and not two, a committee or a rule; what a rule refused, an officer reconsiders.
    2. A refusal has reasons, and a grant comes after every step before it. 3. Where the definition says so, who
    checked does not decide; and never does who refused it before. Raise `DecidedByTwo`, `DecidedByCommittee`,
    `DecidedByRule`, `ReasonsMissing`, `StepsNotDone`, `SameOfficer`, `DecidedBefore`, `AlreadyDecided`, or
    `NotPossible` at this stage.
    """
    application = reach.lock(application, actor, Permission.DECIDE)
    outcome = Decision.Outcome(outcome)
    if present := decided(application, outcome):
        return present
    _require_one_officer(application)  # 1
    require_ready(application, outcome, reasons)  # 2
    _require_other_officer(application, actor)  # 3
    decision = resolve(application, outcome, reasons, legal_basis, actor=actor, at=at)
    advance_soon(application.pk)
    return decision


@transaction.atomic
def by_rule(application: Application, at: datetime) -> Decision | None:
    """The rule's decision, when a rule decides and its turn has come; again changes nothing."""
    application = reach.lock_for_system(application)
    rule = application.definition.decision
    if present := facts.standing_decision(application):
        return present
    turn = plan.find(plan.steps(application), plan.Kind.DECIDE, plan.DECIDE)
    if not decides_by_rule(application) or turn is None or not turn.is_open:
        return None
    granted = holds(rule.grant_when, heard(application.definition, application.answers))
    outcome = Decision.Outcome.GRANTED if granted else Decision.Outcome.REFUSED
    basis = rule.legal_basis.in_language(application.language) if rule.legal_basis else ""
    reasons = "" if granted else _reason_of_rule(application.language)
    name = _rule_name(application)
    try:
        with transaction.atomic():
            return resolve(application, outcome, reasons, basis, rule=name, actor=None, at=at)
    except PlaceTaken as taken:
        # Somebody was granted the place since it was submitted.
        with translation.override(application.language):
            reasons = str(taken.told)
        return resolve(application, Decision.Outcome.REFUSED, reasons, basis, rule=name, actor=None, at=at)


def decides_by_rule(application: Application) -> bool:
    """Whether a rule decides now: it does not reconsider what it refused, since it would say the same again."""
    by_rule = application.definition.decision.decide == "rule"
    return by_rule and facts.round_of(application.steps.all()) == 1


def _require_one_officer(application: Application) -> None:
    match application.definition.decision.decide:
        case "two officers":
            raise DecidedByTwo
        case "committee":
            raise DecidedByCommittee
        case "rule" if decides_by_rule(application):
            raise DecidedByRule


def _require_other_officer(application: Application, actor: Actor) -> None:
    apart = application.definition.decision.other_than_checker == "yes"
    if apart and application.checks.filter(officer=actor.person).exists():
        raise SameOfficer
    if application.decisions.filter(officer=actor.person).exists():
        raise DecidedBefore


def _rule_name(application: Application) -> str:
    return str(application.service_version)[:60]


def _reason_of_rule(language: str) -> str:
    with translation.override(language):
        return _("The answers do not meet the conditions on which this service is granted.")
