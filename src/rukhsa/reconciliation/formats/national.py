"""The national gateway's statement: commas, a heading, TRAILER with the count and the net. The form is assumed."""

from typing import Final

from rukhsa.reconciliation.formats.read import (
    BadStatement,
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

_HEADING: Final = ("TERMINAL", "PAYMENTID", "TRACKID", "ACTION", "AMOUNT", "CURRENCY", "POSTED")
_ACTIONS: Final = ("PURCHASE", "REFUND", "FEE")


def parse(text: str) -> Parsed:
    """From the text of a file to its movements. Raises BadStatement."""
    found = headed(rows(text), _HEADING)
    trailer = trailer_of(found, "TRAILER")
    _, count, net = cells_of(trailer, 3)
    return closed((_movement(row) for row in found[:-1]), trailer, count=count, net=net)


def _movement(row: Row) -> Movement:
    number = row[0]
    terminal, payment, track, action, amount, _currency, posted = cells_of(row, len(_HEADING))
    if action not in _ACTIONS:
        raise BadStatement(row=number, en=f'"{action}" is no action.', ar=f'"{action}" ليست عملية معروفة.')
    return Movement(
        row=number,
        merchant=terminal,
        reference=track,
        gateway_reference=payment,
        money=money(amount, number),
        at=moment(posted, "%Y%m%d %H:%M:%S", number),
        is_commission=action == "FEE",
    )
