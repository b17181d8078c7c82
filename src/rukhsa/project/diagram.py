"""Draws the tables of transitions as pictures that can be read beside the text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rukhsa.applications.stages import TRANSITIONS as STAGES
from rukhsa.applications.stages import Stage
from rukhsa.payments.attempt import TRANSITIONS as STATES
from rukhsa.payments.models import Attempt
from rukhsa.project.config import PROJECT
from rukhsa.project.travels import Travels, travels

FOLDER = PROJECT / "docs" / "diagrams"


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A page with one picture: its file, what it shows, and the table it is drawn from."""

    name: str
    title: str
    source: str
    places: tuple[str, ...]  # in the order of their definition; the first is where all begins
    moves: tuple[tuple[str, str, str], ...]  # from, because of, to

    @property
    def file(self) -> Path:
        """Where it lies."""
        return FOLDER / self.name

    @property
    def text(self) -> str:
        """The page, the same for the same table."""
        lines = ["stateDiagram-v2", "    direction LR", *(f"    {line}" for line in _lines(self))]
        return (
            f"# {self.title}\n\nDrawn from `{self.source}` by `make diagram`.\n\n"
            "```mermaid\n" + "\n".join(lines) + "\n```\n"
        )


def drawings() -> tuple[Drawing | Travels, ...]:
    """Every table of transitions that there is."""
    return (
        Drawing(
            name="application.md",
            title="The stages of an application",
            source="src/rukhsa/applications/stages.py",
            places=tuple(str(stage.value) for stage in Stage),
            moves=_moves(STAGES),
        ),
        Drawing(
            name="attempt.md",
            title="The states of an attempt to pay",
            source="src/rukhsa/payments/attempt.py",
            places=tuple(str(state.value) for state in Attempt.State),
            moves=(
                (
                    "initiated",
                    "page given",
                    "redirected",
                ),  # by us, in collect.py; all others by a gateway's word
                *_moves(STATES),
            ),
        ),
        travels(),
    )


def _moves[Place: str, Cause: str](
    table: Mapping[tuple[Place, Cause], Place],
) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(before), str(cause), str(after)) for (before, cause), after in table.items())


def _lines(drawing: Drawing) -> Iterator[str]:
    for place in drawing.places:
        if _node(place) != place:
            yield f'state "{place}" as {_node(place)}'
    yield f"[*] --> {_node(drawing.places[0])}"
    for (before, after), causes in _arrows(drawing).items():
        yield f"{_node(before)} --> {_node(after)}: {', '.join(causes)}"
    left = {before for before, _, _ in drawing.moves}
    yield from (f"{_node(place)} --> [*]" for place in drawing.places if place not in left)


def _arrows(drawing: Drawing) -> dict[tuple[str, str], list[str]]:
    """One arrow for two places, with every cause on it, in the order of the definition."""
    arrows: dict[tuple[str, str], list[str]] = {}
    rank = drawing.places.index
    for before, cause, after in sorted(drawing.moves, key=lambda move: (rank(move[0]), rank(move[2]))):
        if before != after:
            arrows.setdefault((before, after), []).append(cause)
    return arrows


def _node(place: str) -> str:
    return place.replace("-", "_")
