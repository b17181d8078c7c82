"""The policies of a territory: which documents are accepted on a day, and how long applicants are waited for."""

import re
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from rukhsa.catalogue.provenance import ValueSource
from rukhsa.catalogue.shape import Day, Id, Misread, Shape, TimeUnit, Written
from rukhsa.values.names import Text

_HOURS = {"hour": 1, "working day": 24, "day": 24, "month": 24 * 30, "year": 24 * 365}


class Term(Written):
    """How long an application waits for its applicant: "48 hours", "30 days", "10 working days", "3 months"."""

    count: int
    unit: Literal["hour"] | TimeUnit

    @classmethod
    def parts(cls, phrase: str) -> dict[str, Any]:
        """The number and the unit."""
        found = re.fullmatch(r"([0-9]{1,4}) (hour|working day|day|month|year)s?", phrase.strip())
        if not found:
            raise Misread(
                en=f'"{phrase}" is not a time to wait. Write "48 hours", "30 days" or "3 months".',
                ar=f'"{phrase}" ليست مهلة. اكتب "48 hours" أو "30 days" أو "3 months".',
            )
        return {"count": int(found[1]), "unit": found[2]}

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def hours(self) -> int:
        """About how many hours it has; a working day counts as a day."""
        return self.count * _HOURS[self.unit]


class LeftUndone(Shape):
    """The terms of a service that differ from its territory's."""

    pay_within: Term | None = None
    complete_within: Term | None = None
    source: ValueSource

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.pay_within is None and self.complete_within is None:
            raise Misread(
                en="say pay-within, complete-within or both.",
                ar="اذكر pay-within أو complete-within أو كليهما.",
            )
        return self


class Terms(Shape):
    """The terms of a territory: for a payment that is due, and for an application that was returned."""

    pay_within: Term
    complete_within: Term
    source: str


# The terms of a territory that sets none; assumed.
UNSAID = Terms.model_validate({"pay-within": "90 days", "complete-within": "30 days", "source": "assumed"})


DocumentKind = Literal["paper", "electronic"]


class AcceptancePolicy(Shape):
    """One rule: between which days documents of a kind are accepted."""

    id: Id
    kind: DocumentKind
    services: tuple[Id, ...] = Field((), description="all services when empty")
    accept_from: Day | None = None
    accept_until: Day | None = None
    circular: Text
    source: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.accept_from and self.accept_until and self.accept_until < self.accept_from:
            raise Misread(
                en="accept-until is before accept-from.", ar="تاريخ accept-until قبل تاريخ accept-from."
            )
        return self

    def accepts(self, *, on: date) -> bool:
        """Whether such a document is accepted on that day, the last day included."""
        return (self.accept_from is None or self.accept_from <= on) and (
            self.accept_until is None or on <= self.accept_until
        )


class Majority(Shape):
    """The age from which people act for themselves in civil matters, and a parent no longer does."""

    years: int = Field(ge=15, le=25)
    source: str


class Policies(Shape):
    """The acceptance policies of a territory, and its terms."""

    policies: tuple[AcceptancePolicy, ...]
    left_undone: Terms = UNSAID
    majority: Majority = Majority(years=21, source="assumed")

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [policy.id for policy in self.policies]
        if twice := {id for id in ids if ids.count(id) > 1}:
            names = ", ".join(sorted(twice))
            raise Misread(en=f"written twice: {names}.", ar=f"مكررة: {names}.")
        return self
