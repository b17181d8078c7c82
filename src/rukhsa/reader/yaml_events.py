"""A text of YAML as the events of its parser, each plain data: read here, or in a child as file task `read-yaml`."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import AliasEvent, CollectionStartEvent, NodeEvent, ScalarEvent

# The parser of libyaml is thirty times as fast; where it is not, PyYAML's own gives the same events.
_LOADER: Final = getattr(yaml, "CLoader", yaml.Loader)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event: where it begins, counted from 1, and what a node says.

    `kind` is PyYAML's name without "Event": StreamStart, DocumentStart, Scalar, Alias, SequenceStart, MappingStart …
    """

    kind: str
    line: int
    column: int
    value: str = ""  # of a scalar
    plain: bool = False  # written without quotes
    shared: bool = False  # an alias, or a node with an anchor
    tag: str = ""


class NotYaml(Exception):
    """A text that is not YAML: where, and why; and where that part began which the parser could not end."""

    def __init__(
        self, problem: str, line: int = 1, column: int = 1, begun: tuple[int, int] | None = None
    ) -> None:
        super().__init__(problem)
        self.problem, self.line, self.column, self.begun = problem, line, column, begun


def events(text: str) -> Iterator[Event]:
    """The events in order. Raises NotYaml where the parser stops."""
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            yield _plain(event)
    except MarkedYAMLError as error:
        mark, context = error.problem_mark or error.context_mark, error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        begun = (context.line + 1, context.column + 1) if context else None
        raise NotYaml(error.problem or "", *place, begun) from error
    except YAMLError as error:
        raise NotYaml(str(error)) from error


def read(content: bytes) -> dict[str, Any]:
    """The file task: all events, and the error that ended them, if any."""
    found: list[list[Any]] = []
    try:
        found.extend(list(asdict(event).values()) for event in events(content.decode("utf-8")))
    except NotYaml as error:
        return {"events": found, "error": [error.problem, error.line, error.column, error.begun]}
    return {"events": found, "error": None}


def events_of(answer: dict[str, Any]) -> Iterator[Event]:
    """The events of an answer of `read`. Raises NotYaml as `events` does."""
    for kind, line, column, value, plain, shared, tag in answer["events"]:
        yield Event(kind=kind, line=line, column=column, value=value, plain=plain, shared=shared, tag=tag)
    if answer["error"] is not None:
        problem, line, column, begun = answer["error"]
        raise NotYaml(problem, line, column, tuple(begun) if begun else None)


def _plain(event: yaml.Event) -> Event:
    mark = event.start_mark
    assert mark is not None, "the parser marks every event"
    return Event(
        kind=type(event).__name__.removesuffix("Event"),
        line=mark.line + 1,
        column=mark.column + 1,
        value=str(event.value) if isinstance(event, ScalarEvent) else "",
        plain=isinstance(event, ScalarEvent) and not event.style,
        shared=isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None),
        tag=(event.tag or "") if isinstance(event, ScalarEvent | CollectionStartEvent) else "",
    )
