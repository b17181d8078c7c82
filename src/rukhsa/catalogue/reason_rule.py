"""What a territory writes of its coded reasons, in reasons.yaml."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from rukhsa.catalogue.provenance import ValueSource
from rukhsa.catalogue.reading import Reading, shaped
from rukhsa.catalogue.shape import Id, Shape
from rukhsa.catalogue.source import load
from rukhsa.values.names import Text


class ReasonRule(Shape):
    """One reason: for which acts it is offered, what people read, and the law on which it rests."""

    for_: tuple[Literal["refusal", "return", "suspension", "revocation", "correction"], ...] = Field(
        min_length=1
    )
    text: Text
    basis: Text | None = None
    services: tuple[Id, ...] = Field((), description="all services when empty")
    source: ValueSource


class Reasons(Shape):
    """The reasons of a territory, by their codes."""

    reasons: dict[Id, ReasonRule] = Field(max_length=500)


def reasons_file(folder: Path) -> Path:
    """Where a territory writes its reasons, where it has any."""
    return folder / "reasons.yaml"


def read_reasons(folder: Path) -> Reading[Reasons] | None:
    """The reasons of a territory; None without a file. Raises DefinitionRefused."""
    file = reasons_file(folder)
    return shaped(load(file), Reasons) if file.exists() else None
