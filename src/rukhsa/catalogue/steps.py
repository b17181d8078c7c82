"""The steps of a review with what they record, and the inspections after issue."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.provenance import Bases, ValueSource
from rukhsa.catalogue.questions import AnyQuestion, Question
from rukhsa.catalogue.shape import Id, Moment, Named, Shape, Span
from rukhsa.values.names import Text


class CheckStep(Shape):
    """An officer examines something, such as completeness."""

    check: Id
    name: Text
    office: Id
    within: Span
    when: Condition | None = None
    records: tuple[AnyQuestion, ...] = ()
    source: ValueSource | None = None


class ReferStep(Shape):
    """A question to an agency. Silence never means consent: at the term the supervisor is told, and decides whether to
    wait, to ask another agency or to go on (review/silence.py)."""

    refer: Id
    ask: Text
    within: Span
    silence: Literal["escalate"] = "escalate"
    documents: tuple[Id, ...] = ()  # what the agency is shown; none named: all
    when: Condition | None = None
    records: tuple[AnyQuestion, ...] = ()
    source: ValueSource | None = None


class InspectStep(Shape):
    """A visit before the decision, with a checklist."""

    inspect: Id
    name: Text
    checklist: Named
    within: Span
    when: Condition | None = None
    records: tuple[AnyQuestion, ...] = ()
    source: ValueSource | None = None


class DecideStep(Shape):
    """The decision, and who takes it.

    An officer with the mandate; two officers, one who proposes and one who confirms; the majority of a committee; or
    a rule, which grants when `grant-when` holds.
    """

    decide: Literal["officer", "two officers", "committee", "rule"]
    mandate: Id | None = None
    committee: Id | None = None
    within: Span | None = None
    grant_when: Condition | None = None
    one_hand_because: Text | None = Field(
        None, description="why one person may examine an application and decide it too; without it none may"
    )
    legal_basis: Text | None = None
    law: Bases = ()
    source: ValueSource | None = None


class InspectionAfterIssue(Shape):
    """A visit after issue, due at a moment such as "5 working days after end"."""

    inspect: Id
    name: Text
    checklist: Named
    due: Moment
    when: Condition | None = None
    source: ValueSource | None = None


_VERBS = {"check": "check", "refer": "refer", "inspect": "inspect", "decide": "decide"}


def _verb(value: Any) -> str | None:
    for word in _VERBS:
        if (word in value) if isinstance(value, dict) else hasattr(value, word):
            return word
    return None


Step = Annotated[
    Annotated[CheckStep, Tag("check")]
    | Annotated[ReferStep, Tag("refer")]
    | Annotated[InspectStep, Tag("inspect")]
    | Annotated[DecideStep, Tag("decide")],
    Discriminator(
        _verb,
        custom_error_type="unknown_step",
        custom_error_message="a step begins with one of: check, refer, inspect, decide",
    ),
]


def recorded_by(step: Step) -> tuple[Question, ...]:
    """The questions that are answered with the step, which the applicant is never asked."""
    return () if isinstance(step, DecideStep) else step.records


def _one_or_many(value: Any) -> str:
    return "side by side" if isinstance(value, list | tuple) else "step"


Stretch = Annotated[
    Annotated[Step, Tag("step")] | Annotated[tuple[Step, ...], Tag("side by side")],
    Discriminator(_one_or_many),
]
"""One step, or steps that run side by side."""
