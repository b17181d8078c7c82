"""The steps that a review asks for, in order, with their state, their deadline, and whose turn it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db import models

from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Stage, Turn
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import Definition, effective_answers, is_due
from rukhsa.catalogue.office import office_now
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.steps import CheckStep, DecideStep, InspectStep, ReferStep, recorded_by
from rukhsa.catalogue.steps import Step as DefinedStep
from rukhsa.review.deadline import Pause, deadline
from rukhsa.review.examination import begun_at, newest_submission, pauses_in
from rukhsa.values.names import Text


class Kind(StrEnum):
    """The kind of a step."""

    CHECK = "check"
    REFER = "refer"
    INSPECT = "inspect"
    DECIDE = "decide"


class State(StrEnum):
    """How far a step is."""

    WAITING = "waiting"  # for a step before it, or for the applicant
    OPEN = "open"
    DONE = "done"
    NOT_ASKED = "not-asked"  # by these answers, or no longer


DECIDE = "decide"  # the id of the one step that has none of its own


class StepRow(Protocol):
    """The row of a step that was begun: a check, a referral, an inspection, or the decision."""

    @property
    def pk(self) -> Any:
        """Its key."""

    @property
    def step(self) -> str:
        """The id of the step among those of its kind."""

    @property
    def done_at(self) -> datetime | None:
        """When the step was done; None while it is not."""

    def due_by(self, pauses: Sequence[Pause]) -> datetime | None:
        """Its own deadline, where one was set when it was begun."""

    def queued(self, pauses: Sequence[Pause]) -> models.Model | None:
        """Its row in the list of the agency or the inspectors that must act; None for a step of the authority."""


class AskedRow(StepRow, Protocol):
    """The row of a referral or an inspection, which an officer may have added to the steps of the definition."""

    @property
    def begun_at(self) -> datetime:
        """When it was asked for."""

    @property
    def added(self) -> DefinedStep | None:
        """The step, where an officer added it; None for one of the definition."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one review: its acts in their order, the checks of the newest submission, and the referrals and
    visits that were not dropped."""

    steps: Sequence[Step]
    checks: Iterable[StepRow]
    referrals: Iterable[AskedRow]
    inspections: Iterable[AskedRow]
    begun: Mapping[Any, datetime] | None = None  # when clocks began, by submission, where that was read


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What has happened in one review. Its clock runs from `begun_at`, and stands still in the `pauses`."""

    submission: Step | None
    begun_at: datetime | None
    pauses: tuple[Pause, ...]
    rows: Mapping[Kind, Mapping[str, StepRow]]
    added: Sequence[tuple[DefinedStep, AskedRow]]  # what officers added to the steps of the definition

    def row(self, step: DefinedStep) -> StepRow | None:
        """The row of a step, once it was begun."""
        return self.rows[_kind(step)].get(step_id(step))

    def with_row(self, kind: Kind, row: StepRow) -> "Facts":
        """The facts once this row was written too."""
        return replace(self, rows={**self.rows, kind: {**self.rows[kind], row.step: row}})


def read(application: Application) -> Facts:
    """The facts of the application's review, without the people in them.

    Tables in which it can have no row are not read: this is done at every turn of a review.
    """
    has_checks = any(isinstance(step, CheckStep) for step in application.definition.steps)
    steps = list(application.steps.order_by("id"))
    submission = newest_submission(steps)
    visits = application.inspections.filter(dropped=None).prefetch_related("reports").order_by("ordered_at")
    rows = Rows(
        steps=steps,
        checks=application.checks.filter(submission=submission) if has_checks and submission else (),
        referrals=application.referrals.standing() if may_have_referrals(application) else (),
        inspections=visits if may_have_visits(application) else (),
    )
    return facts_of(application, rows)


def facts_of(application: Application, rows: Rows) -> Facts:
    """The facts of the application's review, from rows that were read already."""
    is_decided = application.stage in {Stage.GRANTED, Stage.REFUSED}
    decision = application.decisions.newest() if is_decided else None
    referrals, inspections = list(rows.referrals), list(rows.inspections)
    return Facts(
        submission=newest_submission(rows.steps),
        begun_at=begun_at(application, rows.steps, rows.begun),
        pauses=pauses_in(rows.steps),
        rows={
            Kind.CHECK: {row.step: row for row in rows.checks},
            Kind.REFER: {row.step: row for row in referrals},
            Kind.INSPECT: {row.step: row for row in inspections},
            Kind.DECIDE: {DECIDE: decision} if decision else {},
        },
        added=[(row.added, row) for row in (*referrals, *inspections) if row.added],
    )


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
    row: StepRow | None = None
    opened_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be done now."""
        return self.state is State.OPEN

    def is_late(self, at: datetime) -> bool:
        """Whether it is open and its time is over."""
        return self.is_open and self.due_at is not None and at >= self.due_at


def steps(application: Application, facts: Facts | None = None) -> list[PlannedStep]:
    """Every step of the definition, in order; those that these answers do not ask for say so.

    What officers added to them runs side by side with the others, and ends before the decision.
    """
    facts = facts or read(application)
    definition = application.definition
    answers = effective_answers(definition, application.answers)
    planned: list[PlannedStep] = []
    opened_at = (facts.begun_at or facts.submission.at) if facts.submission else None
    for number, stretch in enumerate(definition.stretches):
        if definition.decision in stretch:
            added = [_plan(application, step, number, True, row.begun_at, facts) for step, row in facts.added]
            planned += added
            opened_at = _next_opening(added, opened_at)
        here = [_plan(application, step, number, is_due(step, answers), opened_at, facts) for step in stretch]
        planned += here
        opened_at = _next_opening(here, opened_at)
    return planned


def find(planned: list[PlannedStep], kind: Kind, step: str) -> PlannedStep | None:
    """The step of that kind and id, if the definition has it."""
    return next((each for each in planned if each.kind is kind and each.id == step), None)


def may_have_visits(application: Application) -> bool:
    """Whether a visit may have been ordered: by the process that it follows or followed before, or by an officer."""
    definition = application.definition
    visits = any(isinstance(step, InspectStep) for step in definition.steps)
    return visits or bool(definition.after_issue) or _has_left_its_process(application)


def may_have_referrals(application: Application) -> bool:
    """Whether an agency may have been asked: by the process that it follows or followed before, or by an officer."""
    asked = any(isinstance(step, ReferStep) for step in application.definition.steps)
    return asked or _has_left_its_process(application)


def _has_left_its_process(application: Application) -> bool:
    """Whether it may have steps that its process does not name."""
    return application.process_version_id is not None or application.added_steps > 0


def is_systems_turn(planned: list[PlannedStep]) -> bool:
    """Whether a rule can decide now."""
    turn = find(planned, Kind.DECIDE, DECIDE)
    return turn is not None and turn.is_open and turn.turn is Turn.SYSTEM


def missing_before_decision(planned: list[PlannedStep]) -> list[PlannedStep]:
    """The steps that must be done before a grant and are not."""
    return [
        step for step in planned if step.kind is not Kind.DECIDE and step.state in {State.OPEN, State.WAITING}
    ]


def unrecorded(application: Application, planned: list[PlannedStep]) -> list[PlannedStep]:
    """The steps that were done without an answer that they had to record: an agency may object without one."""
    answers = effective_answers(application.definition, application.answers)
    return [
        step
        for step in planned
        if step.state is State.DONE and any(_is_missing(each, answers) for each in recorded_by(step.defined))
    ]


def _is_missing(question: Question, answers: Mapping[str, Any]) -> bool:
    return not question.optional and question.id not in answers and holds(question.when, answers)


def _plan(
    application: Application,
    step: DefinedStep,
    number: int,
    asked: bool,
    opened_at: datetime | None,
    facts: Facts,
) -> PlannedStep:
    row = facts.row(step)
    done_at = row.done_at if row and asked else None
    state = _state(
        Stage(application.stage), asked=asked, reached=opened_at is not None, done=done_at is not None
    )
    started = opened_at if state in {State.OPEN, State.DONE} else None
    if started and state is State.OPEN and facts.submission:
        started = max(started, facts.submission.at)
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
    step: DefinedStep, row: StepRow | None, opened_at: datetime | None, facts: Facts, authority: str | None
) -> datetime | None:
    if row and (due_by := row.due_by(facts.pauses)):
        return due_by
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


def office_of(definition: Definition, step: DefinedStep) -> str:
    """The office that is answerable for a step: that of the last check up to it, or of the first; empty where no check
    names one. A step that an officer added is with the office of the decision."""
    offices = [
        (number, each.office) for number, each in enumerate(definition.steps) if isinstance(each, CheckStep)
    ]
    last = definition.steps.index(step if step in definition.steps else definition.decision)
    before = [office for number, office in offices if number <= last]
    return office_now(before[-1] if before else next((office for _number, office in offices), ""))


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
