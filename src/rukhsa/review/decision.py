"""Decisions: granted or refused, by an officer, by a rule, by two officers or by a committee, once a round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import competence, reservation
from rukhsa.applications.application import lock, move
from rukhsa.applications.conflict import held_by
from rukhsa.applications.day import day_in_words
from rukhsa.applications.models import Application
from rukhsa.applications.renewal import question_of
from rukhsa.applications.stages import Act, Stage
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import effective_answers, pay_within
from rukhsa.catalogue.facts import validity_period
from rukhsa.catalogue.reason import Reason, Told, in_words, told
from rukhsa.jobs import advance_soon
from rukhsa.mandates.mandate import Act as Mandated
from rukhsa.mandates.mandate import Mandate
from rukhsa.places.occupation import AlreadyOccupied, held_by_instrument, occupy
from rukhsa.review import participant, plan, queue
from rukhsa.review.deadline import Pause
from rukhsa.review.errors import AlreadyDecided, DecidedBefore, ReasonsMissing, ReviewError, StepsNotDone
from rukhsa.review.examination import round_of
from rukhsa.review.hand import require_second_hand
from rukhsa.review.plan import Kind
from rukhsa.values.periods import Period


class LimitReached(ReviewError):
    """A grant for which nothing is left: the place is full, the quota is used up, or another renewal is under way."""

    code = "limit-reached"
    text = _("No places are left for that time. Return the application or refuse it.")


class PlaceTaken(ReviewError):
    """A grant for a place and days that other works hold; `about` names them."""

    code = "place-taken"

    def __init__(self, other: AlreadyOccupied) -> None:
        super().__init__(other.instrument)
        self.for_applicant = held_by(other)
        self.text = format_lazy(
            _("Other works use this place until {day}. Return the application or refuse it."),
            day=day_in_words(other.end),
        )


class DecidedByRule(ReviewError):
    """The definition leaves the decision to a rule."""

    code = "decided-by-rule"
    text = _("Rules decide this service. No officer decides it.")


class NotRecorded(ReviewError):
    """A grant without what an agency's answer records: it objected, or a supervisor went on without its answer."""

    code = "not-recorded"
    text = _(
        "The document needs what an agency did not record. Ask the agency again, or refuse the application."
    )


class DecidedByTwo(ReviewError):
    """One officer alone decides where two must."""

    code = "decided-by-two"
    text = _("Two officers decide this service: one proposes, another confirms.")


class DecidedByCommittee(ReviewError):
    """A committee decides, and no officer."""

    code = "decided-by-committee"
    text = _("A committee decides this service at a sitting.")


class DecisionQuerySet(models.QuerySet["Decision"]):
    """The decisions of an application."""

    def newest(self) -> "Decision | None":
        """The decision of the last round, with its officer or its sitting."""
        return self.select_related("officer", "sitting").order_by("-round").first()


class Decision(models.Model):
    """Granted or refused, with reasons and the legal basis: by an officer, by a rule, or by a committee's sitting.

    Once a round: a refusal that is reconsidered begins the next round, and the newest decision stands.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted"
        REFUSED = "refused"

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions", db_index=False)
    round = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=Outcome)
    reasons = models.TextField(blank=True)  # as told in the language of the application
    note = models.TextField(blank=True)  # the officer's own words in them
    coded = models.ManyToManyField(Reason, related_name="+")
    legal_basis = models.TextField(blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    # Where two decide.
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    # By which the officer decided.
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+", db_index=False)
    rule = models.CharField(max_length=60, blank=True)
    sitting = models.ForeignKey("review.Sitting", models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()
    step = plan.DECIDE

    class Meta:
        ordering = ["round"]
        indexes = [models.Index(fields=["at"], name="decisions_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["application", "round"], name="decided_once_a_round"),
            models.CheckConstraint(
                condition=Q(officer__isnull=False, rule="", sitting=None)
                | (Q(officer=None, sitting=None) & ~Q(rule=""))
                | Q(officer=None, rule="", sitting__isnull=False),
                name="decided_by_an_officer_a_rule_or_a_sitting",
            ),
            models.CheckConstraint(
                condition=Q(outcome="granted") | ~Q(reasons=""), name="a_refusal_has_reasons"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | ~Q(officer=F("proposed_by")),
                name="decision_confirmed_by_another",
            ),
        ]

    def told(self, language: str) -> Told:
        """The reasons with their legal basis in the language of a reader, as far as they were chosen from the list."""
        return told(list(self.coded.all()), self.note, self.legal_basis, language, otherwise=self.reasons)

    @property
    def done_at(self) -> datetime:
        """When it was decided."""
        return self.at

    def due_by(self, pauses: Sequence[Pause]) -> None:
        """A decision is begun and done at once."""

    def queued(self, pauses: Sequence[Pause]) -> None:
        """Committees have a list of their own."""


MANDATED = {Decision.Outcome.GRANTED: Mandated.GRANT, Decision.Outcome.REFUSED: Mandated.REFUSE}
_ACTS = {Decision.Outcome.GRANTED: Act.GRANT, Decision.Outcome.REFUSED: Act.REFUSE}


@transaction.atomic
def decide(
    application: Application,
    outcome: str,
    reasons: str,
    legal_basis: str,
    *,
    coded: Sequence[Reason] = (),
    actor: Actor,
    at: datetime,
) -> Decision:
    """Take the decision of one officer; the same outcome a second time, by any officer, gives the first one back.

    1. One officer decides, and not two, a committee or a rule; what a rule refused, an officer reconsiders.
    2. A refusal has reasons, `coded` or typed, and a grant comes after every step before it. 3. The person who examined
    it does not decide, unless the definition says why one may; nor does one who refused it before. 4. The officer's
    mandate allows it. Raises DecidedByTwo, DecidedByCommittee, DecidedByRule, ReasonsMissing, StepsNotDone,
    SameOfficer, DecidedBefore, OutsideMandate, AlreadyDecided, NotRecorded, and NotPossible at this stage.
    """
    application = participant.lock_for(application, actor, Permission.DECIDE, at=at)
    outcome = Decision.Outcome(outcome)
    if present := decided(application, outcome):
        return present
    _require_one_officer(application)  # 1
    require_ready(application, outcome, in_words(coded, reasons, application.language))  # 2
    require_second_hand(application, actor.person)  # 3
    mandate = competence.require(actor, MANDATED[outcome], application, at=at)  # 4
    said = (outcome, reasons, legal_basis)
    decision = write(application, *said, coded=coded, actor=actor, at=at, mandate=mandate)
    advance_soon(application.pk)
    return decision


@transaction.atomic
def decide_by_rule(application: Application, at: datetime) -> Decision | None:
    """Take the decision of a rule, when a rule decides and its turn has come; again changes nothing."""
    application = lock(application)
    rule = application.definition.decision
    if present := standing_decision(application):
        return present
    turn = plan.find(plan.steps(application), Kind.DECIDE, plan.DECIDE)
    if not is_decided_by_rule(application) or turn is None or not turn.is_open:
        return None
    granted = holds(rule.grant_when, effective_answers(application.definition, application.answers))
    outcome = Decision.Outcome.GRANTED if granted else Decision.Outcome.REFUSED
    basis = application.definition.legal_basis.in_language(application.language)
    name = str(application.service_version)[:60]
    with translation.override(application.language):
        unmet = gettext("Your answers do not meet the conditions of this service.")
    reasons = "" if granted else unmet
    try:
        with transaction.atomic():
            return write(application, outcome, reasons, basis, rule=name, actor=None, at=at)
    except PlaceTaken as taken:
        # Other works were granted the place since it was submitted.
        with translation.override(application.language):
            reasons = str(taken.for_applicant)
        return write(application, Decision.Outcome.REFUSED, reasons, basis, rule=name, actor=None, at=at)


def is_decided_by_rule(application: Application) -> bool:
    """Whether a rule decides now: it does not reconsider what it refused, since it would say the same again."""
    by_rule = application.definition.decision.decide == "rule"
    return by_rule and round_of(application.steps.all()) == 1


def standing_decision(application: Application) -> Decision | None:
    """The decision that stands; None while the application is open, for the first time or again."""
    return application.decisions.newest() if application.stage in {Stage.GRANTED, Stage.REFUSED} else None


def decided(application: Application, outcome: Decision.Outcome) -> Decision | None:
    """The decision that stands, if it has this outcome. Raises AlreadyDecided if it has the other."""
    present = standing_decision(application)
    if present and present.outcome != outcome:
        raise AlreadyDecided
    return present


def require_ready(
    application: Application, outcome: Decision.Outcome, reasons: str, known: plan.Facts | None = None
) -> None:
    """A refusal has reasons, and a grant comes after every step before it. Raises ReasonsMissing, StepsNotDone.

    `known` are its facts, where the caller has read them.
    """
    if outcome is Decision.Outcome.REFUSED:
        if not reasons.strip():
            raise ReasonsMissing
        return
    planned = plan.steps(application, known)
    if missing := plan.missing_before_decision(planned):
        raise StepsNotDone(missing[0].id)
    if unrecorded := plan.unrecorded(application, planned):
        raise NotRecorded(unrecorded[0].id)


def require_no_decision_by(actor: Actor, application: Application) -> None:
    """An officer who decided in an earlier round does not decide again. Raises DecidedBefore."""
    if application.decisions.filter(officer=actor.person).exists():
        raise DecidedBefore


def write(
    application: Application,
    outcome: Decision.Outcome,
    reasons: str,
    legal_basis: str,
    *,
    coded: Sequence[Reason] = (),
    actor: Actor | None,
    at: datetime,
    proposed_by: Person | None = None,
    mandate: Mandate | None = None,
    rule: str = "",
    sitting: UUID | None = None,
) -> Decision:
    """Write the decision of a locked application, and move it.

    A sitting, given by its key, has no officer; an officer has a mandate, or the database refuses it. `reasons` are
    the officer's own words beside the `coded` ones. A grant takes the place, the slot and the quota.
    Raises PlaceTaken, LimitReached.
    """
    _reserve(application, outcome, at)
    move(application, _ACTS[outcome], actor=actor, at=at, content={"outcome": outcome})
    decision = Decision.objects.create(
        application=application,
        round=round_of(application.steps.all()),
        outcome=outcome,
        reasons=in_words(coded, reasons, application.language),
        note=reasons.strip() if coded else "",
        legal_basis=legal_basis.strip(),
        officer=actor.person if actor and not sitting else None,
        proposed_by=proposed_by,
        mandate=mandate,
        rule=rule,
        sitting_id=sitting,
        at=at,
    )
    if coded:
        decision.coded.add(*coded)
    queue.refresh(application, at)
    return decision


def _reserve(application: Application, outcome: Decision.Outcome, at: datetime) -> None:
    """Take what a grant takes, or give back what a refusal frees. Raises PlaceTaken, LimitReached."""
    if outcome is not Decision.Outcome.GRANTED:
        reservation.give_back(application)
        return
    _occupy(application, at)
    try:
        reservation.reserve(application, at=at)
    except reservation.TAKEN as reached:
        raise LimitReached(reached.code) from reached


def _require_one_officer(application: Application) -> None:
    match application.definition.decision.decide:
        case "two officers":
            raise DecidedByTwo
        case "committee":
            raise DecidedByCommittee
        case "rule" if is_decided_by_rule(application):
            raise DecidedByRule


def _occupy(application: Application, at: datetime) -> None:
    """Occupy the place for the period that is granted, so that no second works are. Raises PlaceTaken."""
    wanted = wanted_ground(application, at=at)
    if wanted:
        try:
            occupy(application.reference or "", wanted.geometry, wanted.period, address=wanted.address)
        except AlreadyOccupied as taken:
            raise PlaceTaken(taken) from taken


# A term ends on a working day, and issuing follows the payment.
_AFTER_TERM = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class WantedGround:
    """A place (GeoJSON) with the address that it belongs to, and the days for which it is wanted."""

    geometry: dict[str, Any]
    address: dict[str, Any] | None
    period: Period


def wanted_ground(application: Application, *, at: datetime) -> WantedGround | None:
    """What a grant at this moment would take; None where the service takes no place.

    Where the days run from the issue, all days on which they may run are taken, as it may be paid on any of them. The
    issue gives back what is too much.
    """
    clash = application.definition.instrument.clashes
    answers = effective_answers(application.definition, application.answers)
    if clash:
        return WantedGround(
            geometry=answers[clash.place]["geometry"],
            address=answers.get(application.definition.authority.block_of or ""),
            period=_period(application, answers, at),
        )
    number = answers.get(question_of(application))
    held = held_by_instrument(str(number)) if number else None
    if held is None:
        return None
    period = _period(application, answers, at, parent_end=held.end)
    return WantedGround(geometry=held.geometry, address=held.address, period=period)


def _period(
    application: Application, answers: dict[str, Any], at: datetime, parent_end: date | None = None
) -> Period:
    definition, today = application.definition, timezone.localdate(at)
    waits = timedelta(hours=pay_within(definition).hours) + _AFTER_TERM
    is_paid_later = any(charge.due == "after decision" for charge in definition.charges)
    first, last = (
        validity_period(definition, answers, issued=day, parent_end=parent_end)
        for day in (today, today + waits if is_paid_later else today)
    )
    return Period(start=first.start, end=last.end)
