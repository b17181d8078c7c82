"""The settlement statement of a day, as each gateway writes it: CSV with a trailer that counts and adds up.

The columns and trailers are assumed, since no published description was found. Days are those of Bahrain, and a
refund is in the statement of the day on which it was made."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rukhsa.values.money import Money
from rukhsa_rehearsal.sandbox import card_books as cards
from rukhsa_rehearsal.sandbox import national_books as national
from rukhsa_rehearsal.sandbox import sadad_invoices
from rukhsa_rehearsal.sandbox.store import Store

BAHRAIN = timezone(timedelta(hours=3))


@dataclass(frozen=True, kw_only=True)
class Line:
    """One movement: time, references, and the amount in fils, negative for a refund."""

    at: datetime
    merchant: str
    number: str  # the gateway's own
    reference: str  # the merchant's
    kind: str
    minor: int

    @property
    def amount(self) -> str:
        """As the gateways write it."""
        return str(Money(minor=self.minor, currency="BHD"))


async def of_national(request: Request) -> Response:
    """GET /national/statement.csv?day=2026-11-26: commas, a heading, and TRAILER with the count and the net."""
    lines = _of_day(request, _national(_store(request)))
    rows = [
        [one.merchant, one.number, one.reference, one.kind, one.amount, "048", f"{one.at:%Y%m%d %H:%M:%S}"]
        for one in lines
    ]
    heading = ["TERMINAL", "PAYMENTID", "TRACKID", "ACTION", "AMOUNT", "CURRENCY", "POSTED"]
    return _csv([heading, *rows, ["TRAILER", len(rows), _net(lines)]])


async def of_sadad(request: Request) -> Response:
    """GET /sadad/statement.csv?day=: semicolons, no heading, D for each line and T for the trailer."""
    lines = _of_day(request, _sadad(_store(request)))
    rows = [
        ["D", one.merchant, one.number, one.reference, one.amount, f"{one.at:%d/%m/%Y %H:%M}"]
        for one in lines
    ]
    return _csv([*rows, ["T", len(rows), _net(lines)]], delimiter=";")


async def of_cards(request: Request) -> Response:
    """GET /cards/statement.csv?day=: commas, a heading, times with their offset, and a line "Total"."""
    lines = _of_day(request, _cards(_store(request)))
    rows = [
        [
            one.at.isoformat(timespec="seconds"),
            one.merchant,
            one.reference,
            one.number,
            one.kind,
            one.amount,
            "BHD",
        ]
        for one in lines
    ]
    heading = ["Date", "Merchant ID", "Order ID", "Transaction ID", "Type", "Amount", "Currency"]
    return _csv([heading, *rows, ["Total", len(rows), "", "", "", _net(lines), "BHD"]])


def _national(store: Store) -> Iterator[Line]:
    for one in store.all(national.KIND):
        if one["result"] != "CAPTURED":
            continue
        about = {"merchant": one["terminal"], "reference": one["trackId"]}
        number = one["paymentId"]
        yield Line(at=_at(one["ended"]), number=number, kind="PURCHASE", minor=_fils(one["amt"]), **about)
        for back in one["refunds"]:
            minor = -_fils(back["amt"])
            yield Line(at=_at(back["at"]), number=back["transId"], kind="REFUND", minor=minor, **about)


def _sadad(store: Store) -> Iterator[Line]:
    for one in store.all(sadad_invoices.KIND):
        if one["status"] == "PAID":
            yield Line(
                at=_at(one["ended"]), merchant=one["vendor-id"], number=one["transaction-reference"],
                reference=one["external-reference"], kind="PAID", minor=_fils(one["amount"]),
            )  # fmt: skip


def _cards(store: Store) -> Iterator[Line]:
    for order in store.all(cards.KIND):
        for one in order["transactions"]:
            if one["result"] == "SUCCESS":
                sign = -1 if one["type"] == "REFUND" else 1
                yield Line(
                    at=_at(one["at"]), merchant=order["merchant"], number=one["id"], reference=order["id"],
                    kind=one["type"], minor=sign * _fils(one["amount"]),
                )  # fmt: skip


def _of_day(request: Request, lines: Iterator[Line]) -> list[Line]:
    """The lines of the day that is asked for, or of today, in the order of time."""
    try:
        day = date.fromisoformat(request.query_params.get("day", ""))
    except ValueError:
        day = datetime.now(BAHRAIN).date()
    return sorted((one for one in lines if one.at.date() == day), key=lambda one: one.at)


def _csv(rows: Sequence[Sequence[object]], *, delimiter: str = ",") -> Response:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return PlainTextResponse(written.getvalue(), media_type="text/csv; charset=utf-8")


def _net(lines: Sequence[Line]) -> str:
    return str(Money(minor=sum(one.minor for one in lines), currency="BHD"))


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(BAHRAIN)


def _fils(text: str) -> int:
    return Money.parse(text, "BHD").minor


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
