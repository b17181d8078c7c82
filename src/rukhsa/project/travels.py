"""Draws how a fils travels from the table of postings, into the page that tells of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rukhsa.payments.ledger import POSTINGS, Flow
from rukhsa.payments.models import Account
from rukhsa.project.config import PROJECT

BEGIN, END = "<!-- drawn by `make diagram` -->", "<!-- end of the drawing -->"
# Where money itself lies; on every other account stands what it is, or is owed, for.
WHERE_MONEY_LIES = (Account.CLEARING, Account.BANK)


@dataclass(frozen=True, kw_only=True)
class Travels:
    """The picture and the table of postings, between their two marks in a page that people write."""

    table: dict[str, Flow]

    @property
    def name(self) -> str:
        """What the page is called."""
        return "how-a-fils-travels.md"

    @property
    def file(self) -> Path:
        """Where it lies."""
        return PROJECT / "docs" / self.name

    @property
    def text(self) -> str:
        """The page with the drawing of this table in it."""
        before, _, rest = self.file.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        picture = "\n".join(
            ["```mermaid", "flowchart LR", *(f"    {line}" for line in _lines(self.table)), "```"]
        )
        return f"{before}{BEGIN}\n{picture}\n\n{_rows(self.table)}\n{END}{after}"


def travels() -> Travels:
    """The drawing of the code's own table."""
    return Travels(table=POSTINGS)


def _lines(table: dict[str, Flow]) -> Iterator[str]:
    yield "payer((whoever pays))"
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
    """By the place where money lies: the events by which it comes there from a person, or goes to one."""
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
