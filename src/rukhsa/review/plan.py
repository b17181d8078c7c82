"""The steps that a review asks for, in order, with their state, their deadline, and whose turn it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue.definition import heard, is_due
from rukhsa.catalogue.steps import CheckStep, DecideStep, InspectStep, ReferStep
from rukhsa.catalogue.steps import Step as DefinedStep
from rukhsa.review.deadlines import deadline, prolonged
from rukhsa.review.facts import Facts, read
from rukhsa.review.models import Check, Decision, Inspection, Referral
from rukhsa.values.names import Text


class Kind(StrEnum):
    """What a step is."""

    CHECK = "check"
    REFER = "refer"
    INSPECT = "inspect"
    DECIDE = "decide"


class State(StrEnum):
    """How far a step is."""

    WAITING = "waiting"  # for a step before it, or for the applicant
    OPEN = "open"
    DONE = "done"
    NOT_ASKED = "not-asked"  # by these answers, or any more


class Turn(StrEnum):
    """Who must act for a step to be done."""

    AUTHORITY = "authority"
    AGENCY = "agency"
    INSPECTOR = "inspector"
    SYSTEM = "system"


DECIDE = "decide"  # the id of the one step that has none of its own


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """One step of one review; `stretch` counts from 0, and steps of one stretch run side by side."""

    id: str
    kind: Kind
    state: State
    turn: Turn
    stretch: int
    name: Text
    defined: DefinedStep
    row: Check | Referral | Inspection | Decision | None = None
    opened_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody can do it now."""
        return self.state is State.OPEN

    def is_late(self, at: datetime) -> bool:
        """Whether it is open and its time is over."""
        return self.is_open and self.due_at is not None and at >= self.due_at


def steps(application: Application, facts: Facts | None = None) -> list[PlannedStep]:
    """Every step of the definition, in order; those that these answers do not ask for say so."""
    facts = facts or read(application)
    definition = application.definition
    given = heard(definition, application.answers)
    planned: list[PlannedStep] = []
    opened_at = (facts.begun_at or facts.submission.at) if facts.submission else None
    for number, stretch in enumerate(definition.stretches):
        here = [_plan(application, step, number, is_due(step, given), opened_at, facts) for step in stretch]
        planned += here
        opened_at = _next_opening(here, opened_at)
    return planned


def find(planned: list[PlannedStep], kind: Kind, step: str) -> PlannedStep | None:
    """The step of that kind and id, if the definition has it."""
    return next((each for each in planned if each.kind is kind and each.id == step), None)


def is_systems_turn(planned: list[PlannedStep]) -> bool:
    """Whether a rule can decide now."""
    turn = find(planned, Kind.DECIDE, DECIDE)
    return turn is not None and turn.is_open and turn.turn is Turn.SYSTEM


def missing_before_decision(planned: list[PlannedStep]) -> list[PlannedStep]:
    """The steps that must be done before a grant and are not."""
    return [
        step for step in planned if step.kind is not Kind.DECIDE and step.state in {State.OPEN, State.WAITING}
    ]


def _plan(
    application: Application,
    step: DefinedStep,
    number: int,
    asked: bool,
    opened_at: datetime | None,
    facts: Facts,
) -> PlannedStep:
    done_at = facts.done_at(step) if asked else None
    state = _state(
        Stage(application.stage), asked=asked, reached=opened_at is not None, done=done_at is not None
    )
    started = opened_at if state in {State.OPEN, State.DONE} else None
    if started and state is State.OPEN and facts.submission:
        started = max(started, facts.submission.at)
    row = facts.row(step)
    return PlannedStep(
        id=step_id(step),
        kind=_kind(step),
        state=state,
        turn=_turn(step),
        stretch=number,
        name=_name(step),
        defined=step,
        row=row,
        opened_at=started,
        due_at=_due_at(step, row, opened_at if started else None, facts, application.authority_id),
        done_at=done_at,
    )


def _state(stage: Stage, *, asked: bool, reached: bool, done: bool) -> State:
    if done:
        return State.DONE
    if not asked or stage in {Stage.GRANTED, Stage.REFUSED, Stage.WITHDRAWN, Stage.LAPSED}:
        return State.NOT_ASKED
    return State.OPEN if reached and stage is Stage.SUBMITTED else State.WAITING


def _next_opening(stretch: list[PlannedStep], opened_at: datetime | None) -> datetime | None:
    asked = [step for step in stretch if step.state is not State.NOT_ASKED]
    if opened_at is None or any(step.done_at is None for step in asked):
        return None
    return max([opened_at, *(step.done_at for step in asked if step.done_at)])


def _due_at(
    step: DefinedStep, row: object, opened_at: datetime | None, facts: Facts, authority: str | None
) -> datetime | None:
    match row:
        case Referral():  # an agency answers while the applicant mends something else
            return row.due_at
        case Inspection():
            return prolonged(row.due_at, after=row.ordered_at, authority=authority, pauses=facts.pauses)
    if opened_at is None or step.within is None or facts.begun_at is None:
        return None  # the clock has not begun
    return deadline(step.within, after=opened_at, authority=authority, pauses=facts.pauses)


def step_id(step: DefinedStep) -> str:
    """The id of a step among those of its kind."""
    match step:
        case CheckStep(check=id) | ReferStep(refer=id) | InspectStep(inspect=id):
            return id
        case DecideStep():
            return DECIDE


def _kind(step: DefinedStep) -> Kind:
    match step:
        case CheckStep():
            return Kind.CHECK
        case ReferStep():
            return Kind.REFER
        case InspectStep():
            return Kind.INSPECT
        case DecideStep():
            return Kind.DECIDE


def _turn(step: DefinedStep) -> Turn:
    match step:
        case ReferStep():
            return Turn.AGENCY
        case InspectStep():
            return Turn.INSPECTOR
        case DecideStep(decide="rule"):
            return Turn.SYSTEM
        case _:
            return Turn.AUTHORITY


def _name(step: DefinedStep) -> Text:
    match step:
        case CheckStep(name=name) | InspectStep(name=name):
            return name
        case ReferStep(ask=ask):
            return ask
        case DecideStep():
            return Text(ar="القرار", en="Decision")
