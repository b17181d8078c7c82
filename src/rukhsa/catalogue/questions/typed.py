"""What reading an answer may lean on, how a wrong one is refused, and the limits that several types share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from rukhsa.catalogue.sentence import Counted, Sentence
from rukhsa.errors import RukhsaError
from rukhsa.values.names import Text
from rukhsa.values.writing import WritingError, clean


class BadAnswer(RukhsaError):
    """An answer that cannot be taken; `text` tells, as str, what to write instead."""

    def __init__(self, code: str, text: object, part: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.part = part


@dataclass(frozen=True, kw_only=True)
class Context:
    """Today, the answers read before, and how their questions are asked."""

    on: date
    values: Mapping[str, Any]
    asks: Mapping[str, Text] = field(default_factory=dict)


def clean_text(typed: str, *, lines: bool = False, part: str = "") -> str:
    """The text without invisible characters; `lines` keeps its lines. Raises BadAnswer."""
    try:
        return clean(typed, lines=lines)
    except WritingError as error:
        unprintable = Sentence("Some characters cannot be printed. Type the text again.")
        raise BadAnswer("text-unprintable", unprintable, part=part) from error


def require_short(written: str, most: int, *, part: str = "") -> None:
    """Raise BadAnswer for more characters than these."""
    if len(written) > most:
        limit = Counted("Enter %(count)s character or fewer.", "Enter %(count)s characters or fewer.", most)
        raise BadAnswer("text-too-long", limit, part=part)


def limit(bound: Any, values: Mapping[str, Any]) -> Any:
    """A limit of an answer: the number itself, or the answer to the earlier question that it names; None if none."""
    if not isinstance(bound, str):
        return bound
    answer = values.get(bound)
    return None if answer is None else Decimal(str(answer))


def require_between(number: Decimal | int, least: Decimal | int | None, most: Decimal | int | None) -> None:
    """Raise BadAnswer for a number below the least or above the most."""
    if least is not None and number < least:
        raise BadAnswer("number-too-small", Sentence("Enter {least} or more.", least=least))
    if most is not None and number > most:
        raise BadAnswer("number-too-large", Sentence("Enter {most} or less.", most=most))
