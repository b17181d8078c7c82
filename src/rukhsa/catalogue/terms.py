"""How long what is left undone waits for the applicant, before the application ends by itself."""

import re
from typing import Any, Literal, Self

from pydantic import model_validator

from rukhsa.catalogue.shape import Misread, Shape, TimeUnit, Written

_HOURS = {"hour": 1, "working day": 24, "day": 24, "month": 24 * 30, "year": 24 * 365}


class Term(Written):
    """How long somebody is waited for: "48 hours", "30 days", "10 working days", "3 months"."""

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
        """About how many hours it has, a working day counted like any other."""
        return self.count * _HOURS[self.unit]


class LeftUndone(Shape):
    """What a service says otherwise than its territory."""

    pay_within: Term | None = None
    complete_within: Term | None = None
    source: str

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.pay_within is None and self.complete_within is None:
            raise Misread(
                en="say pay-within, complete-within or both.",
                ar="اذكر pay-within أو complete-within أو كليهما.",
            )
        return self


class Terms(Shape):
    """How long is waited everywhere in a territory: for a payment that is due, and for what was returned."""

    pay_within: Term
    complete_within: Term
    source: str


# Where a territory says nothing; assumed.
UNSAID = Terms.model_validate({"pay-within": "90 days", "complete-within": "30 days", "source": "assumed"})
