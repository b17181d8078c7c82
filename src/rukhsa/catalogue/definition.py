"""The definition of a service: the whole of what a municipality offers, as data that can be checked."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from rukhsa.catalogue.charges import ChargeRule
from rukhsa.catalogue.conditions import Answers, Comparison, Condition, holds
from rukhsa.catalogue.derived import Derived
from rukhsa.catalogue.form import Document, Eligibility, Section
from rukhsa.catalogue.instrument import Fact, InstrumentRule
from rukhsa.catalogue.policies import LeftUndone, Term
from rukhsa.catalogue.profile import common_fields, fact_field
from rukhsa.catalogue.provenance import Bases, Law, ValueSource, on_laws
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.reading import Reading, shaped
from rukhsa.catalogue.shape import AuthorityCode, Id, Shape, require_one
from rukhsa.catalogue.source import load, loads_beside
from rukhsa.catalogue.steps import DecideStep, InspectionAfterIssue, Step, Stretch, recorded_by
from rukhsa.catalogue.territory import terms
from rukhsa.trust.profiles import Field as FieldOfProfile
from rukhsa.trust.profiles import Profile
from rukhsa.values.names import Text


class Quota(Shape):
    """At most so many of `of` for each applicant or each answer; services that name the same `of` share it.

    `season` is the one of the instrument's validity.
    """

    of: Id
    per: Id = Field(description="applicant, or the question whose answer is counted")
    at_most: int = Field(ge=1, le=1000)
    each: Literal["month", "year", "season"]
    source: ValueSource | None = None


class CoSigning(Shape):
    """Others whose agreement an application needs before it is submitted, such as all heirs of a plot."""

    when: Condition | None = None
    who: Text = Field(description="told to the applicant: whom to name")
    source: ValueSource


class TakingPart(Shape):
    """A company, such as an engineering office, that applies for the owner by consent, or agrees to what is sent."""

    company: Id = Field(description="the question that asks for its registration")
    who: Text = Field(description="told to the applicant: what the company is")
    source: ValueSource


Applicant = Literal["citizen", "gcc", "resident", "investor", "government"]


class Routing(Shape):
    """Which authority issues: by the block of an address, by an earlier instrument or decision, or always the same."""

    block_of: Id | None = None
    same_as: Id | None = None
    always: AuthorityCode | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        require_one(self, "block_of", "same_as", "always")
        return self


class Definition(Shape):
    """A service as a municipality defines it."""

    service: Id
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    profile_code: int = Field(
        ge=1, le=65535, description="of the seal's profile; a new one when facts are rearranged"
    )
    kind: Literal["licence", "permit", "certificate", "request"]
    group: Id | None = None  # one of the territory's groups, under which the portal lists the service
    name: Text
    summary: Text
    words: dict[Literal["ar", "en"], tuple[str, ...]]
    source: ValueSource
    phase: str | None = None
    laws: dict[Id, Law] = Field({}, max_length=40, description="named once, for every `law` below")
    law: Bases = ()
    for_whom: tuple[Text, ...] = Field((), max_length=12, description="who it is for, told to them")
    applicants: tuple[Applicant, ...] = Field(min_length=1)
    authority: Routing
    eligible: tuple[Eligibility, ...] = ()
    sections: tuple[Section, ...] = Field(min_length=1)
    derived: tuple[Derived, ...] = Field((), max_length=20)
    documents: tuple[Document, ...] = ()
    charges: tuple[ChargeRule, ...] = ()
    review: tuple[Stretch, ...] = Field(min_length=1)
    after_issue: tuple[InspectionAfterIssue, ...] = ()
    instrument: InstrumentRule
    quota: Quota | None = None
    left_undone: LeftUndone | None = None
    co_signed_by: CoSigning | None = None
    submitted_with: TakingPart | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question that the applicant is asked, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def recorded(self) -> tuple[Question, ...]:
        """Every question that is answered in the review, in the order of its steps."""
        return tuple(question for step in self.steps for question in recorded_by(step))

    def question(self, id: str) -> Question:
        """The question of that id, asked or recorded, or a derived value as one; KeyError when there is none."""
        questions = (*self.questions, *self.recorded)
        for question in questions:
            if question.id == id:
                return question
        for each in self.derived:
            if each.id == id:
                return each.as_question(questions)
        raise KeyError(id)

    @property
    def zoned(self) -> frozenset[str]:
        """The questions whose place a condition asks for its zones."""
        return frozenset(each.question for each in _comparisons_in(self) if each.zone)

    @property
    def stretches(self) -> tuple[tuple[Step, ...], ...]:
        """The review in order; the steps of one stretch run side by side."""
        return tuple(stretch if isinstance(stretch, tuple) else (stretch,) for stretch in self.review)

    @property
    def review_days(self) -> int:
        """The most working days that the review may take, for any answers."""
        return _days(self.stretches)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the review, those side by side one after the other."""
        return tuple(step for stretch in self.stretches for step in stretch)

    def profile(self, currency: str | None = None) -> Profile:
        """The seal's profile: the fields of every seal, then the facts of this service from key 5 upward.

        `currency` is the territory's, in which amounts of money are sealed.
        """
        common = common_fields(self.kind, with_address=self.instrument.address is not None)
        return self._profile((*common, *self._fields(self.instrument.sealed, currency)))

    def beside(self, currency: str | None = None) -> Profile:
        """The fields of the facts that are printed but not sealed; they are not published."""
        return self._profile(tuple(self._fields(self.instrument.beside, currency)))

    def _fields(self, facts: Mapping[int, Fact], currency: str | None) -> Iterator[FieldOfProfile]:
        for key, fact in facts.items():
            question = self.question(fact.question) if fact.question else None
            yield fact_field(key, fact, question, currency)

    def _profile(self, fields: tuple[FieldOfProfile, ...]) -> Profile:
        return Profile(
            code=self.profile_code, service=self.service, name=self.instrument.title, fields=fields
        )

    @property
    def decision(self) -> DecideStep:
        """The step that decides; a definition without one is refused by the compiler."""
        return next(step for step in self.steps if isinstance(step, DecideStep))

    def on_laws(self, bases: Bases) -> Text:
        """The laws with their articles on which something rests; empty where that is assumed."""
        return on_laws(self.laws, bases)

    @property
    def legal_basis(self) -> Text:
        """What a decision rests on: what its step says, else the law of the service."""
        return self.decision.legal_basis or on_laws(self.laws, self.decision.law or self.law)


def read_definition(path: Path) -> Reading[Definition]:
    """The definition in a file; DefinitionRefused lists all that is wrong with its form."""
    return shaped(load(path), Definition)


def read_definition_text(text: str, *, file: str) -> Reading[Definition]:
    """The definition in a text sent to a page; `file` is the name shown in problems. Raises Unread too."""
    return shaped(loads_beside(text, file=file), Definition)


def pay_within(definition: Definition) -> Term:
    """How long an application of the service waits for a payment that is due."""
    own = definition.left_undone
    return (own and own.pay_within) or terms().pay_within


def complete_within(definition: Definition) -> Term:
    """How long an application of the service waits for its applicant to complete what was returned."""
    own = definition.left_undone
    return (own and own.complete_within) or terms().complete_within


def asked(definition: Definition, answers: Answers) -> tuple[Question, ...]:
    """The questions to be asked, given the answers so far.

    An answer to a hidden question counts as not given, so that it cannot reveal further questions.
    """
    return tuple(_asked(definition, answers))


def co_signing(definition: Definition, answers: Answers) -> CoSigning | None:
    """Whose agreement is needed with these answers; None where the applicant's own is enough."""
    said = definition.co_signed_by
    return said if said and holds(said.when, with_derived(definition, answers)) else None


def effective_answers(definition: Definition, answers: Answers) -> dict[str, Any]:
    """The answers that count: those to questions that are asked or recorded, without answers to hidden questions."""
    given = {
        question.id: answers[question.id] for question in asked(definition, answers) if question.id in answers
    }
    given = with_derived(definition, given)
    for step in definition.steps:
        if recorded_by(step) and is_due(step, given):
            given |= _recorded(step, answers, given)
    return with_derived(definition, given)


def wanted(definition: Definition, answers: Answers) -> tuple[Document, ...]:
    """The documents to be attached, given the answers; those marked optional may be left out."""
    given = effective_answers(definition, answers)
    return tuple(document for document in definition.documents if holds(document.when, given))


def is_due(step: Step, given: Answers) -> bool:
    """Whether the `effective_answers` ask for a step of the review; a decision is always asked for."""
    return isinstance(step, DecideStep) or holds(step.when, given)


def days_of(definition: Definition, given: Answers) -> int:
    """The working days that the review may take at most with these `effective_answers`."""
    return _days([step for step in stretch if is_due(step, given)] for stretch in definition.stretches)


def _days(stretches: Iterable[Iterable[Step]]) -> int:
    """Add up the steps; of steps side by side the longest counts."""
    return sum(
        max((step.within.working_days for step in stretch if step.within), default=0) for stretch in stretches
    )


def with_derived(definition: Definition, answers: Answers) -> dict[str, Any]:
    """The answers with the derived values for which they suffice."""
    worked_out = {each.id: each.value(answers) for each in definition.derived}
    return {**answers, **{id: value for id, value in worked_out.items() if value is not None}}


def _asked(definition: Definition, answers: Answers) -> Iterator[Question]:
    given: dict[str, Any] = {}
    for question in definition.questions:
        if holds(question.when, with_derived(definition, given)):
            yield question
            if answers.get(question.id) is not None:
                given[question.id] = answers[question.id]


def _recorded(step: Step, answers: Answers, given: Answers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for question in recorded_by(step):
        if answers.get(question.id) is not None and holds(question.when, {**given, **found}):
            found[question.id] = answers[question.id]
    return found


def follow(form: Definition, process: Definition) -> Definition:
    """The form, charges and instrument of one definition, with the review and the visits after issue of another."""
    return form.model_copy(update={"review": process.review, "after_issue": process.after_issue})


def lacking(form: Definition, process: Definition) -> tuple[str, ...]:
    """The ids of questions and visits that the process needs and the form lacks; none if they fit."""
    both = follow(form, process)
    known = {each.id for each in (*both.questions, *both.recorded)} | {each.id for each in both.derived}
    needed = {each.question for part in (*both.review, *both.after_issue) for each in _comparisons_in(part)}
    recorded = {question.id for question in form.recorded}
    freed = (charge.released_by.inspection for charge in form.charges if charge.released_by)
    visits = {visit for visit in freed if visit} - {visit.inspect for visit in both.after_issue}
    return tuple(sorted((needed | recorded) - known | visits))


def _comparisons_in(part: object) -> Iterator[Comparison]:
    if isinstance(part, Comparison):
        yield part
    elif isinstance(part, BaseModel):
        yield from (
            found for name in type(part).model_fields for found in _comparisons_in(getattr(part, name))
        )
    elif isinstance(part, tuple):
        yield from (found for each in part for found in _comparisons_in(each))


SCHEMA_FILE = "service.schema.json"


def schema_text() -> str:
    """The JSON Schema of a definition, as written to territories/service.schema.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Definition.model_json_schema(by_alias=True, mode="validation"),
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
