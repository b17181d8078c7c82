"""Compares our books with the gateways' own: every capture and refund of one must be in the other.

The simulators publish theirs as JSON; those of a real gateway come as statements (room `reconciliation`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from rukhsa.outside import believed

# For each payment that moved money: what was taken and given back through its gateway, in minor units.
OURS = """
SELECT coalesce(lead.reference, attempt.reference),
       coalesce(sum(entry.amount) FILTER (WHERE entry.amount > 0), 0),
       coalesce(-sum(entry.amount) FILTER (WHERE entry.amount < 0), 0)
FROM payments_attempt AS attempt
LEFT JOIN payments_attempt AS lead ON lead.id = attempt.carried_by_id
LEFT JOIN payments_receipt AS receipt ON receipt.attempt_id = attempt.id
LEFT JOIN payments_refund AS refund ON refund.attempt_id = attempt.id
LEFT JOIN payments_payout AS payout ON payout.refund_id = refund.id AND payout.state = 'done'
JOIN LATERAL (
  SELECT id FROM payments_posting WHERE receipt_id = receipt.id
  UNION ALL SELECT id FROM payments_posting WHERE refund_id = refund.id
  UNION ALL SELECT id FROM payments_posting WHERE payout_id = payout.id
) AS posting ON true
JOIN payments_entry AS entry
  ON entry.posting_id = posting.id AND entry.account = 'clearing' AND entry.gateway = attempt.gateway
WHERE attempt.gateway = %(gateway)s GROUP BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What one payment moved, in fils."""

    taken: int = 0
    returned: int = 0


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A payment on which the two books differ; None for the books that do not have it."""

    gateway: str
    reference: str
    ours: Moved | None
    theirs: Moved | None


def compare(gateway: str, ours: dict[str, Moved], theirs: dict[str, Moved]) -> list[Difference]:
    """Every difference, in the order of our references."""
    return [
        Difference(gateway=gateway, reference=one, ours=ours.get(one), theirs=theirs.get(one))
        for one in sorted(ours.keys() | theirs.keys())
        if ours.get(one) != theirs.get(one)
    ]


def books_of(gateway: str, address: str) -> dict[str, Moved]:
    """The books of a simulator at `address`; raises httpx.HTTPError if it does not answer."""
    ledger = f"{address}/{gateway}/ledger.json"
    answer = httpx.get(ledger, timeout=30, trust_env=False, verify=believed())
    answer.raise_for_status()
    return dict(_READERS[gateway](answer.json()))


def books_of_ours(cursor: Any, gateway: str) -> dict[str, Moved]:
    """What our ledger says of each attempt through a gateway."""
    cursor.execute(OURS, {"gateway": gateway})
    return {
        reference: Moved(taken=int(taken), returned=int(given))
        for reference, taken, given in cursor.fetchall()
    }


def _national(lines: list[dict[str, Any]]) -> Iterator[tuple[str, Moved]]:
    for line in lines:
        if line["result"] == "CAPTURED":
            returned = sum(_fils(one["amt"]) for one in line["refunds"])
            yield line["trackId"], Moved(taken=_fils(line["amt"]), returned=returned)


def _sadad(lines: list[dict[str, Any]]) -> Iterator[tuple[str, Moved]]:
    for line in lines:
        if line["status"] == "PAID":
            yield line["external-reference"], Moved(taken=_fils(line["amount"]))


def _cards(lines: list[dict[str, Any]]) -> Iterator[tuple[str, Moved]]:
    for line in lines:
        done = [one for one in line["transactions"] if one["result"] == "SUCCESS"]
        if any(one["type"] == "PAYMENT" for one in done):
            returned = sum(_fils(one["amount"]) for one in done if one["type"] == "REFUND")
            yield line["id"], Moved(taken=_fils(line["amount"]), returned=returned)


def _fils(text: str) -> int:
    return int(Decimal(text) * 1000)


_READERS = {"national": _national, "sadad": _sadad, "cards": _cards}
GATEWAYS = tuple(_READERS)
