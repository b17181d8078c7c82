"""The policies of a territory: which documents are accepted on a day, and how long applicants are waited for."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from rukhsa.catalogue.shape import Day, Id, Misread, Shape
from rukhsa.catalogue.terms import UNSAID, Terms
from rukhsa.values.names import Text

DocumentKind = Literal["paper", "electronic"]


class AcceptancePolicy(Shape):
    """One rule: documents of a kind, issued until a day, are accepted from and until a day."""

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


class Policies(Shape):
    """The acceptance policies of a territory, and its terms."""

    policies: tuple[AcceptancePolicy, ...]
    left_undone: Terms = UNSAID

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [policy.id for policy in self.policies]
        if twice := {id for id in ids if ids.count(id) > 1}:
            names = ", ".join(sorted(twice))
            raise Misread(en=f"written twice: {names}.", ar=f"مكررة: {names}.")
        return self
