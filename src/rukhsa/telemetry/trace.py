"""The trace of a request or a job: its ids (W3C Trace Context), carried to all that follows from it, and its spans.

The ids are there always, since logs name them. Spans are made where a collector is named (`otlp.py`), and cost nothing
elsewhere.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import random
from typing import Final
from uuid import UUID

HEADER: Final = "traceparent"
SERVER, CLIENT, CONSUMER, INTERNAL = "server", "client", "consumer", "internal"
# What a span may say, and no more: names of our own code, ids of rows, and counts. The rest could name a person.
NAMES: Final = frozenset({"view", "task", "act", "gateway", "outcome", "method", "role", "queue"})
IDS: Final = frozenset({"application", "authority"})
COUNTS: Final = frozenset({"status", "statements", "job", "attempt", "bytes", "documents"})
_TRACEPARENT: Final = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,79}")
_CODE: Final = re.compile(r"[A-Z]{2,8}")
_SAMPLED: Final = 1


class NotToBeTold(ValueError):
    """A span was to say something that is neither a name of our code, nor an id, nor a count."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A span's place in its trace, as `traceparent` writes it: both ids in hexadecimal."""

    trace: str
    span: str
    sampled: bool

    def __str__(self) -> str:
        """As W3C Trace Context writes it."""
        return f"00-{self.trace}-{self.span}-{_SAMPLED if self.sampled else 0:02x}"


@dataclass(kw_only=True)
class Span:
    """One piece of work within a trace, from `began` to `ended` (nanoseconds since 1970)."""

    name: str
    kind: str
    point: Point
    parent: Point | None
    began: int
    ended: int = 0
    failed: bool = False
    said: dict[str, str | int] = field(default_factory=dict)

    def say(self, **about: str | int | UUID) -> None:
        """Add what is known of the work. Raises NotToBeTold for anything that could name a person."""
        self.said |= {name: _told(name, value) for name, value in about.items()}


type Exporter = Callable[[Span], None]


@dataclass(kw_only=True)
class Export:
    """Where the spans of this process go, and how large a share of new traces; None: nowhere."""

    to: Exporter | None = None
    share: float = 0.0


EXPORT: Final = Export()
_now: ContextVar[Span | None] = ContextVar("rukhsa_span", default=None)


def here() -> Point | None:
    """The point at which this thread or coroutine works."""
    return at_work.point if (at_work := now()) else None


def now() -> Span | None:
    """The span of the work that this thread or coroutine does."""
    return _now.get()


def carried() -> dict[str, str]:
    """`traceparent` for what continues this trace elsewhere, as a mapping; empty outside any trace."""
    point = here()
    return {HEADER: str(point)} if point else {}


def read(text: object) -> Point | None:
    """The point that a `traceparent` names; None for anything that is not one (W3C Trace Context §3.2)."""
    found = _TRACEPARENT.fullmatch(text) if isinstance(text, str) else None
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return None
    return Point(trace=found[1], span=found[2], sampled=bool(int(found[3], 16) & _SAMPLED))


def begin(name: str, *, parent: Point | None, kind: str) -> Span:
    """Begin the first span of this process in a trace, and stay in it: for work that is one coroutine or thread."""
    span = _made(name, kind, parent)
    _now.set(span)
    return span


def end(span: Span, *, failed: bool = False) -> None:
    """End a span, and export it where its trace is one of the share."""
    span.ended, span.failed = time.time_ns(), span.failed or failed
    if EXPORT.to and span.point.sampled:
        EXPORT.to(span)


@contextmanager
def span(
    name: str, *, kind: str = INTERNAL, parent: Point | None = None, **about: str | int | UUID
) -> Iterator[Span]:
    """Work within the trace of here, or of `parent`; an exception marks it as failed and goes on."""
    made = _made(name, kind, parent or here())
    made.say(**about)
    token = _now.set(made)
    try:
        yield made
    except BaseException:
        made.failed = True
        raise
    finally:
        _now.reset(token)
        end(made)


def leave() -> None:
    """Leave the trace: this thread goes on with other work."""
    _now.set(None)


def _made(name: str, kind: str, parent: Point | None) -> Span:
    if parent is None:
        sampled = EXPORT.to is not None and random() < EXPORT.share  # noqa: S311 - a share, not a secret
        point = Point(trace=secrets.token_hex(16), span=secrets.token_hex(8), sampled=sampled)
    else:
        point = Point(trace=parent.trace, span=secrets.token_hex(8), sampled=parent.sampled)
    return Span(name=name, kind=kind, point=point, parent=parent, began=time.time_ns())


def _told(name: str, value: str | int | UUID) -> str | int:
    if name in COUNTS and isinstance(value, int):
        return value
    if name in NAMES and isinstance(value, str) and (_NAME.fullmatch(value) or not value):
        return value
    if name in IDS and (isinstance(value, UUID) or (isinstance(value, str) and _CODE.fullmatch(value))):
        return str(value)
    raise NotToBeTold(name)
