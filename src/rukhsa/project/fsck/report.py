"""The report of `rukhsa fsck`, for people and for programs."""

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
    """What breaks each rule, the differences with each gateway, and the balances of the accounts."""

    at: datetime
    rules: list[tuple[Rule, list[Finding]]]
    differences: dict[str, list[Difference]]  # by gateway, for those that were asked
    balances: list[tuple[str, str, str, int]] = field(
        default_factory=list
    )  # account, gateway, currency, minor units

    @property
    def faults(self) -> int:
        """How many things are wrong, without those that wait for a person."""
        broken = sum(len(found) for rule, found in self.rules if not rule.is_waiting)
        return broken + sum(len(found) for found in self.differences.values())

    @property
    def waiting(self) -> int:
        """How many things wait for a person."""
        return sum(len(found) for rule, found in self.rules if rule.is_waiting)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
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
    """Check every rule in one snapshot of the database, and the gateways' books if their address is given.

    Raises httpx.HTTPError if a gateway's books cannot be read."""
    # Theirs first: a capture during this check is then in both, and not in theirs alone.
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
