"""The card gateway's statement: commas, a heading, moments with their offset, and "Total". The form is assumed."""

from typing import Final

from rukhsa.reconciliation.formats.read import (
    Movement,
    Parsed,
    Row,
    cells_of,
    closed,
    headed,
    moment,
    money,
    rows,
    trailer_of,
)

_HEADING: Final = ("Date", "Merchant ID", "Order ID", "Transaction ID", "Type", "Amount", "Currency")


def parse(text: str) -> Parsed:
    """From the text of a file to its movements. Raises BadStatement."""
    found = headed(rows(text), _HEADING)
    trailer = trailer_of(found, "Total")
    _, count, _, _, _, net, currency = cells_of(trailer, len(_HEADING))
    money(net, trailer[0], currency=currency)
    return closed((_movement(row) for row in found[:-1]), trailer, count=count, net=net)


def _movement(row: Row) -> Movement:
    number = row[0]
    at, merchant, order, transaction, type, amount, currency = cells_of(row, len(_HEADING))
    return Movement(
        row=number,
        merchant=merchant,
        reference=order,
        gateway_reference=transaction,
        money=money(amount, number, currency=currency),
        at=moment(at, "%Y-%m-%dT%H:%M:%S%z", number),
        is_commission=type == "FEE",
    )
