"""The form of a service: sections of questions, and documents to be attached."""

from typing import Literal

from pydantic import Field

from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.questions import AnyQuestion
from rukhsa.catalogue.shape import Id, Shape, YesNo
from rukhsa.values.names import Text


class Section(Shape):
    """Questions that are asked together, under a title."""

    id: Id
    title: Text
    questions: tuple[AnyQuestion, ...] = Field(min_length=1)


class Document(Shape):
    """A file that the applicant attaches."""

    id: Id
    name: Text
    help: Text | None = None
    when: Condition | None = None
    optional: YesNo = False
    accept: tuple[Literal["pdf", "image"], ...] = ("pdf", "image")
    at_most: int = Field(1, ge=1, le=20, description="files")
    source: str | None = None
