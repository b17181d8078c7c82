"""How a payer behaves at each simulator: the one thing that a gateway's conformance needs beside its adapter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from rukhsa.outside import believed


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One gateway as its payer and its operator see it; operations are those of the sandbox's `control`."""

    code: str
    pay: str  # the outcome that pays
    declines: tuple[str, ...]  # outcomes after which nothing was paid, and which an inquiry tells at once
    leave: str  # the outcome by which the payer goes away and nothing has happened
    refund: str = ""  # the operation of its refunds, where there are any
    notification: str = ""  # the operation of its notices, where it sends any

    @property
    def start(self) -> str:
        """The operation that opens a payment."""
        return f"{self.code}.start"

    @property
    def inquiry(self) -> str:
        """The operation that asks after one."""
        return f"{self.code}.inquiry"

    def choose(self, address: str, outcome: str, **form: Any) -> httpx.Response:
        """What the payer does on the page; `fault` spoils the notice of it."""
        return httpx.post(
            address, data={"outcome": outcome, **form}, timeout=600, trust_env=False, verify=believed()
        )

    def moved(self, sandbox: str, reference: str) -> tuple[int, int]:
        """What the gateway's own books say that it took and gave back for a payment of ours, in fils."""
        lines = httpx.get(
            f"{sandbox}/{self.code}/ledger.json", timeout=30, trust_env=False, verify=believed()
        ).json()
        return _READERS[self.code](line for line in lines if _reference(line) == reference)


def _reference(line: dict[str, Any]) -> str:
    return str(line.get("trackId") or line.get("external-reference") or line.get("id"))


def _of_national(lines: Iterable[dict[str, Any]]) -> tuple[int, int]:
    found = [line for line in lines if line["result"] == "CAPTURED"]
    return sum(_fils(line["amt"]) for line in found), sum(
        _fils(one["amt"]) for line in found for one in line["refunds"]
    )


def _of_sadad(lines: Iterable[dict[str, Any]]) -> tuple[int, int]:
    return sum(_fils(line["amount"]) for line in lines if line["status"] == "PAID"), 0


def _of_cards(lines: Iterable[dict[str, Any]]) -> tuple[int, int]:
    done = [one for line in lines for one in line["transactions"] if one["result"] == "SUCCESS"]
    taken, given = (
        sum(_fils(one["amount"]) for one in done if one["type"] == kind) for kind in ("PAYMENT", "REFUND")
    )
    return taken, given


def _fils(text: str) -> int:
    whole, _, part = str(text).partition(".")
    return int(whole) * 1000 + int(part.ljust(3, "0")[:3] or 0)


_READERS: dict[str, Callable[[Iterable[dict[str, Any]]], tuple[int, int]]] = {
    "national": _of_national,
    "sadad": _of_sadad,
    "cards": _of_cards,
}
DRIVERS = (
    Driver(
        code="national",
        pay="CAPTURED",
        declines=("NOT CAPTURED", "CANCELED", "DENIED BY RISK", "HOST TIMEOUT"),
        leave="CLOSED",
        refund="national.inquiry",
        notification="national.notification",
    ),
    Driver(code="sadad", pay="pay", declines=("cancel",), leave="later"),
    Driver(
        code="cards",
        pay="CAPTURED",
        declines=("DECLINED",),
        leave="CANCELLED",
        refund="cards.refund",
        notification="cards.notification",
    ),
)
