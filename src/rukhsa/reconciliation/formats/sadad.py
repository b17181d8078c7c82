"""SADAD's statement: semicolons, no heading, D for a line, F for a fee, T for the trailer. The form is assumed."""

from rukhsa.reconciliation.formats.read import (
    BadStatement,
    Movement,
    Parsed,
    Row,
    cells_of,
    closed,
    moment,
    money,
    rows,
    trailer_of,
)


def parse(text: str) -> Parsed:
    """From the text of a file to its movements. Raises BadStatement."""
    found = rows(text, delimiter=";")
    trailer = trailer_of(found, "T")
    _, count, net = cells_of(trailer, 3)
    return closed((_movement(row) for row in found[:-1]), trailer, count=count, net=net)


def _movement(row: Row) -> Movement:
    number = row[0]
    mark, vendor, transaction, reference, amount, paid = cells_of(row, 6)
    if mark not in ("D", "F"):
        raise BadStatement(row=number, en=f'"{mark}" begins no line.', ar=f'لا يبدأ سطر بالحرف "{mark}".')
    return Movement(
        row=number,
        merchant=vendor,
        reference=reference,
        gateway_reference=transaction,
        money=money(amount, number),
        at=moment(paid, "%d/%m/%Y %H:%M", number),
        is_commission=mark == "F",
    )
