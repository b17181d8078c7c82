"""What was found, for people and for machines."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rukhsa.project.fsck.document_rules import DOCUMENTS, ENDS
from rukhsa.project.fsck.gateway_books import GATEWAYS, Difference, books_of, books_of_ours, compare
from rukhsa.project.fsck.money_rules import DEPOSITS, MONEY, SETTLEMENTS
from rukhsa.project.fsck.rule import Finding, Rule, find

RULES = (*MONEY, *DEPOSITS, *SETTLEMENTS, *DOCUMENTS, *ENDS)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Each rule with what breaks it, each gateway with its differences, and what stands on the accounts."""

    at: datetime
    rules: list[tuple[Rule, list[Finding]]]
    differences: dict[str, list[Difference]]  # by gateway, of those that were asked
    balances: list[tuple[str, str, str, int]] = field(
        default_factory=list
    )  # account, gateway, currency, minor units

    @property
    def faults(self) -> int:
        """How many things are wrong; what waits for a person is not."""
        broken = sum(len(found) for rule, found in self.rules if not rule.is_waiting)
        return broken + sum(len(found) for found in self.differences.values())

    @property
    def waiting(self) -> int:
        """How many things wait for a person."""
        return sum(len(found) for rule, found in self.rules if rule.is_waiting)

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "at": self.at.isoformat(),
            "faults": self.faults,
            "waiting": self.waiting,
            "rules": [
                {
                    "code": rule.code,
                    "holds": rule.holds,
                    "waiting": rule.is_waiting,
                    "found": [asdict(one) for one in found],
                }
                for rule, found in self.rules
            ],
            "gateways": {
                gateway: [asdict(one) for one in found] for gateway, found in self.differences.items()
            },
            "balances": [
                {"account": account, "gateway": gateway, "currency": currency, "amount": amount}
                for account, gateway, currency, amount in self.balances
            ],
        }


def check(*, at: datetime, grace: timedelta, gateways_at: str = "") -> Report:
    """Try every rule in one view of the database, and the gateways' books where their address is given.

    Raise httpx.HTTPError when a gateway's books cannot be had."""
    # Theirs first: what they capture in this moment is then no difference, once ours is looked at.
    theirs = {gateway: books_of(gateway, gateways_at) for gateway in GATEWAYS} if gateways_at else {}
    values = {"now": at, "grace": grace}
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            rules = [(rule, find(cursor, rule, values)) for rule in RULES]
            differences = {
                gateway: compare(gateway, books_of_ours(cursor, gateway), books)
                for gateway, books in theirs.items()
            }
            cursor.execute(
                "SELECT account, gateway, currency, sum(amount) FROM payments_entry"
                " GROUP BY account, gateway, currency ORDER BY account, gateway, currency"
            )
            balances = [(row[0], row[1], row[2], int(row[3])) for row in cursor.fetchall()]
        finally:
            cursor.execute("COMMIT")
    return Report(at=at, rules=rules, differences=differences, balances=balances)
