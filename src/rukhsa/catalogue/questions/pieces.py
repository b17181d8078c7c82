"""An answer in words, for any page: pieces that say what they are, and leave to the page how that looks."""

from dataclasses import dataclass
from datetime import date

from rukhsa.catalogue.sentence import Counted, Sentence
from rukhsa.values.money import Money
from rukhsa.values.names import Text


@dataclass(frozen=True)
class Written:
    """Writing of the applicant's own, which runs in the direction of its script."""

    text: str


@dataclass(frozen=True)
class Name:
    """The name of a company, in its own script."""

    text: str


@dataclass(frozen=True)
class Code:
    """A number or a code, left to right in any language."""

    text: object


@dataclass(frozen=True)
class Size:
    """A number with its unit: "m", "m2", "kg"."""

    number: object
    unit: str


@dataclass(frozen=True)
class Account:
    """An account number, with its bank where that is known."""

    iban: str
    bank: Text | None


type Piece = Written | Name | Code | Size | Account | Money | date | Text | Sentence | Counted | str
type Words = tuple[Piece, ...]
