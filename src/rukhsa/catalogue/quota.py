"""A quota: how much of something one applicant, or one answer, may be granted in a month, a year or a season."""

from typing import Literal

from pydantic import Field

from rukhsa.catalogue.shape import Id, Shape


class Quota(Shape):
    """At most so many of `of` for each applicant or each answer; services that name the same `of` share it.

    `season` is the one of the instrument's validity.
    """

    of: Id
    per: Id = Field(description="applicant, or the question whose answer is counted")
    at_most: int = Field(ge=1, le=1000)
    each: Literal["month", "year", "season"]
    source: str | None = None
