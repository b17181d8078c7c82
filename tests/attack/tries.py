"""One try, what came of it, and a kind of tries: the register of all that is tried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.attack.ground import Ground

INSIDES = ("Traceback (most recent", "psycopg", "site-packages", "DoesNotExist", "IntegrityError")


class NotTried(Exception):
    """A kind that cannot be tried on this machine; the text says why."""

    code = "not-tried"


class Outcome(StrEnum):
    """What came of a try."""

    HELD = "held"
    THROUGH = "through"  # the attack succeeded; of a control: it did not, and should have
    ERROR = "error of ours"


@dataclass(frozen=True, kw_only=True)
class Try:
    """Something that was sent, what must hold, and what came back."""

    sent: str
    must: str
    came: str
    outcome: Outcome
    control: bool = False  # the same try where it must succeed

    def __str__(self) -> str:
        return f"{self.outcome}: {self.sent}: must be {self.must}; came {self.came}"


type Tries = Iterator[Try]
type Run = Callable[["Ground"], Tries]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Tries of one kind: how many, what must hold of each, and which review asked for them."""

    name: str
    tried: str
    must: str
    tries: int
    controls: int
    since: str
    run: Run


KINDS: dict[str, Kind] = {}


def kind(*, tried: str, must: str, tries: int, controls: int, since: str) -> Callable[[Run], Run]:
    """Enter the function as a kind of tries, named as it is."""

    def enter(run: Run) -> Run:
        name = run.__name__.replace("_", "-")
        KINDS[name] = Kind(
            name=name, tried=tried, must=must, tries=tries, controls=controls, since=since, run=run
        )
        return run

    return enter


def answered(
    sent: str, answer: httpx.Response, *, must: str, holds: bool | None = None, control: bool = False
) -> Try:
    """The try whose answer this is; without `holds` it must be refused (400 to 429, or 503 with Retry-After)."""
    if holds is None:
        holds = answer.status_code in range(400, 430) or _put_off(answer)
    outcome = Outcome.HELD if holds else Outcome.THROUGH
    if answer.status_code >= 500 and not _put_off(answer):
        outcome = Outcome.ERROR
    if any(word in _text(answer) for word in INSIDES):
        outcome = Outcome.ERROR
    return Try(sent=sent, must=must, came=_came(answer), outcome=outcome, control=control)


def judged(sent: str, came: str, *, must: str, holds: bool, control: bool = False) -> Try:
    """The try, with the result that `came` gives."""
    outcome = Outcome.HELD if holds else Outcome.THROUGH
    return Try(sent=sent, must=must, came=came, outcome=outcome, control=control)


def _put_off(answer: httpx.Response) -> bool:
    """Busy, and said so: "send it again in a minute"."""
    return answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "Retry-After" in answer.headers


def _text(answer: httpx.Response) -> str:
    kind = answer.headers.get("Content-Type", "")
    return answer.text if kind.startswith("text/") or "json" in kind else ""


def _came(answer: httpx.Response) -> str:
    where = answer.headers.get("Location", "")
    return f"{answer.status_code} {where}".strip()
