"""The drawings of docs/, from their tables: stages of an application, states of an attempt, travels of a fils."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rukhsa.applications.stages import TRANSITIONS as STAGES
from rukhsa.applications.stages import Stage
from rukhsa.payments.attempt import TRANSITIONS as STATES
from rukhsa.payments.ledger import POSTINGS, Flow
from rukhsa.payments.models import Account, Attempt
from rukhsa.project.config import PROJECT

FOLDER = PROJECT / "docs" / "diagrams"
BEGIN, END = "<!-- drawn by `make diagram` -->", "<!-- end of the drawing -->"
# The accounts of money itself; every other account says what it is for, or to whom it is owed.
WHERE_MONEY_LIES = (Account.CLEARING, Account.BANK)


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
        """The file of the page."""
        return FOLDER / self.name

    @property
    def text(self) -> str:
        """The page, the same for the same table."""
        lines = ["stateDiagram-v2", "    direction LR", *(f"    {line}" for line in _lines(self))]
        return (
            f"# {self.title}\n\nDrawn from `{self.source}` by `make diagram`.\n\n"
            "```mermaid\n" + "\n".join(lines) + "\n```\n"
        )


@dataclass(frozen=True, kw_only=True)
class Travels:
    """The picture and the table of postings, between two marks in a page that is otherwise written by hand."""

    table: dict[str, Flow]

    @property
    def name(self) -> str:
        """What the page is called."""
        return "how-a-fils-travels.md"

    @property
    def file(self) -> Path:
        """The file of the page."""
        return PROJECT / "docs" / self.name

    @property
    def text(self) -> str:
        """The page with the drawing of this table in it."""
        before, _, rest = self.file.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        picture = "\n".join(
            ["```mermaid", "flowchart LR", *(f"    {line}" for line in _flows(self.table)), "```"]
        )
        return f"{before}{BEGIN}\n{picture}\n\n{_rows(self.table)}\n{END}{after}"


def drawings() -> tuple[Drawing | Travels, ...]:
    """Every drawing."""
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
                ),  # by us, in collection.py; all others by a gateway's word
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


def travels() -> Travels:
    """The drawing of the code's table of postings."""
    return Travels(table=POSTINGS)


def _flows(table: dict[str, Flow]) -> Iterator[str]:
    yield "payer((the payer))"
    yield from (f"{place.value}[({place.value})]" for place in WHERE_MONEY_LIES)
    for place, events in _touching(table, comes=True).items():
        yield f"payer --> |{', '.join(events)}| {place.value}"
    for event, flow in table.items():
        yield from (
            f"{here.value} -->|{event}| {there.value}"
            for here in _in_order(flow.debit)
            for there in _in_order(flow.credit)
            if here != there
        )
    for place, events in _touching(table, comes=False).items():
        yield f"{place.value} -.->|{', '.join(events)}| payer"


def _touching(table: dict[str, Flow], *, comes: bool) -> dict[Account, list[str]]:
    """For each account of money, the events by which it comes from a person, or goes to one."""
    found: dict[Account, list[str]] = {}
    for event, flow in table.items():
        for place in _in_order(flow.debit if comes else flow.credit):
            if place in WHERE_MONEY_LIES and not flow.is_of_gateway:
                found.setdefault(place, []).append(event)
    return found


def _rows(table: dict[str, Flow]) -> str:
    rows = ["| event | what happened | debit | credit |", "|---|---|---|---|"]
    for event, flow in table.items():
        sides = (", ".join(one.value for one in _in_order(side)) for side in (flow.debit, flow.credit))
        rows.append(f"| `{event}:` | {flow.of} | {' | '.join(sides)} |")
    return "\n".join(rows)


def _in_order(accounts: frozenset[Account]) -> list[Account]:
    return [one for one in Account if one in accounts]
