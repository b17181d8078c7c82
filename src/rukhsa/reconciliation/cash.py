"""The daily cash report of an authority: what stood on each account, what came and went, and every movement."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from django.db.models import Count, Q, Sum

from rukhsa.authorities.models import Authority
from rukhsa.catalogue.territory import territory
from rukhsa.late import xlsxwriter
from rukhsa.payments.gateways.registry import names
from rukhsa.payments.ledger import event_of
from rukhsa.payments.models import Account, Entry
from rukhsa.reconciliation.models import Difference
from rukhsa.values.money import EXPONENTS, Money
from rukhsa.values.names import Text

ACCOUNTS: dict[str, Text] = {
    Account.CLEARING: Text(ar="لدى البوابة", en="With the gateway"),
    Account.BANK: Text(ar="البنك", en="Bank"),
    Account.COMMISSIONS: Text(ar="عمولات البوابات", en="Commissions of the gateways"),
    Account.DIFFERENCES: Text(ar="فروق مفسَّرة مع البوابات", en="Differences with gateways, explained"),
    Account.FEES: Text(ar="الرسوم", en="Fees"),
    Account.FINES: Text(ar="الغرامات", en="Fines"),
    Account.FORFEITURES: Text(ar="تأمينات مصادرة", en="Forfeitures"),
    Account.DEPOSITS: Text(ar="تأمينات محتجزة", en="Deposits held"),
    Account.RELEASES: Text(ar="تأمينات في طريق الرد", en="Deposits on their way back"),
    Account.OVERPAYMENTS: Text(ar="مبالغ زائدة تُرد", en="Overpayments owed back"),
    Account.UNDERPAYMENTS: Text(ar="مبالغ ناقصة تُرد", en="Underpayments owed back"),
    Account.REFUNDS: Text(ar="مبالغ أخرى تُرد", en="Other money owed back"),
}


@dataclass(frozen=True, kw_only=True)
class CashRow:
    """One account on one day, in minor units: balance before, debits, credits and balance after; and the entries."""

    account: str
    gateway: str
    currency: str
    opening: int
    debit: int
    credit: int
    count: int

    @property
    def closing(self) -> int:
        """What stands there at the end of the day."""
        return self.opening + self.debit - self.credit

    @property
    def name(self) -> Text:
        """The account in both languages."""
        return ACCOUNTS[self.account]

    @property
    def amounts(self) -> tuple[Money, Money, Money, Money]:
        """Opening, debit, credit and closing."""
        return tuple(  # type: ignore[return-value]
            Money(minor=each, currency=self.currency)
            for each in (self.opening, self.debit, self.credit, self.closing)
        )


@dataclass(frozen=True, kw_only=True)
class CashReport:
    """What the books of an authority say of a day, in the territory's time; the rows add up to zero."""

    authority: Authority
    day: date
    made_at: datetime
    rows: tuple[CashRow, ...]
    open_differences: int


def cash_report(authority: Authority, day: date, *, at: datetime) -> CashReport:
    """The report of one authority and day.

    Two statements; the cost grows with the entries of the authority up to that day, by one index.
    """
    begin, end = territory().bounds(day)
    is_today = Q(posting__at__gte=begin)
    entries = Entry.objects.filter(posting__authority=authority, posting__at__lt=end)
    keys = ("account", "gateway", "currency")
    found = entries.values(*keys).annotate(
        opening=Sum("amount", filter=~is_today, default=0),
        debit=Sum("amount", filter=is_today & Q(amount__gt=0), default=0),
        credit=-Sum("amount", filter=is_today & Q(amount__lt=0), default=0),
        count=Count("pk", filter=is_today),
    )
    rows = tuple(CashRow(**each) for each in found.order_by(*keys))
    differences = Difference.objects.open().filter(authority=authority, found_at__lt=end)
    return CashReport(
        authority=authority, day=day, made_at=at, rows=rows, open_differences=differences.count()
    )


def movements(report: CashReport) -> Iterator[dict[str, Any]]:
    """Every entry of the day, in the order in which it was written, read a thousand at a time."""
    begin, end = territory().bounds(report.day)
    entries = Entry.objects.filter(
        posting__authority=report.authority, posting__at__gte=begin, posting__at__lt=end
    )
    wanted = (
        "posting__at",
        "event",
        "account",
        "gateway",
        "amount",
        "currency",
        "line__charge__application__reference",
    )
    entries = entries.annotate(event=event_of("posting__"))
    for row in entries.order_by("posting__at", "pk").values_list(*wanted).iterator(chunk_size=1000):
        at, event, account, gateway, minor, currency, reference = row
        yield {
            "at": at.astimezone(territory().zone),
            "event": event,
            "account": account,
            "gateway": gateway,
            "amount": Money(minor=minor, currency=currency),
            "application": reference or "",
        }


def as_json(report: CashReport) -> str:
    """The report for machines; amounts as text with the currency's decimals, debits above zero."""
    document = {
        "authority": report.authority.code,
        "day": report.day.isoformat(),
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "open_differences": report.open_differences,
        "accounts": [
            {
                "account": row.account,
                "gateway": row.gateway,
                "currency": row.currency,
                "entries": row.count,
                **dict(zip(("opening", "debit", "credit", "closing"), map(str, row.amounts), strict=True)),
            }
            for row in report.rows
        ],
        "movements": [
            each
            | {
                "at": each["at"].isoformat(),
                "amount": str(each["amount"]),
                "currency": each["amount"].currency,
            }
            for each in movements(report)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_xlsx(report: CashReport, *, language: str) -> bytes:
    """The report as a workbook of two sheets. Text is written as text: no cell is ever a formula."""
    written = BytesIO()
    book = xlsxwriter.Workbook(written, {"constant_memory": True, "remove_timezone": True})
    decimals = "0" * EXPONENTS[territory().currency]
    looks = Looks(
        bold=book.add_format({"bold": True}),
        day=book.add_format({"num_format": "yyyy-mm-dd", "bold": True, "align": "left"}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        amount=book.add_format({"num_format": f"#,##0.{decimals}"}),
    )
    _accounts(_sheet(book, "accounts", language), report, looks, language)
    _movements(_sheet(book, "movements", language), report, looks, language)
    book.close()
    return written.getvalue()


@dataclass(frozen=True, kw_only=True)
class Looks:
    """The formats of the cells of a workbook."""

    bold: Any
    day: Any
    moment: Any
    amount: Any


_TITLES = {
    "accounts": Text(ar="الحسابات", en="Accounts"),
    "movements": Text(ar="الحركات", en="Movements"),
    "account": Text(ar="الحساب", en="Account"),
    "gateway": Text(ar="البوابة", en="Gateway"),
    "opening": Text(ar="أول اليوم", en="Opening"),
    "debit": Text(ar="مدين", en="Debit"),
    "credit": Text(ar="دائن", en="Credit"),
    "closing": Text(ar="آخر اليوم", en="Closing"),
    "currency": Text(ar="العملة", en="Currency"),
    "at": Text(ar="الوقت", en="Time"),
    "event": Text(ar="الحدث", en="Event"),
    "amount": Text(ar="المبلغ", en="Amount"),
    "application": Text(ar="الطلب", en="Application"),
}


def _accounts(sheet: Any, report: CashReport, looks: Looks, language: str) -> None:
    authority = report.authority.name(on=report.day).in_language(language)
    sheet.write_string(0, 0, f"{authority} ({report.authority.code})", looks.bold)
    sheet.write_datetime(0, 1, datetime.combine(report.day, time()), looks.day)
    columns = ("account", "gateway", "opening", "debit", "credit", "closing", "currency")
    _heading(sheet, 1, columns, looks, language)
    gateways = _gateways(language)
    for number, row in enumerate(report.rows, 2):
        sheet.write_string(number, 0, row.name.in_language(language))
        sheet.write_string(number, 1, gateways.get(row.gateway, row.gateway))
        for column, money in enumerate(row.amounts, 2):
            sheet.write_number(number, column, float(str(money)), looks.amount)
        sheet.write_string(number, 6, row.currency)


def _movements(sheet: Any, report: CashReport, looks: Looks, language: str) -> None:
    columns = ("at", "event", "account", "gateway", "amount", "currency", "application")
    _heading(sheet, 0, columns, looks, language)
    gateways = _gateways(language)
    for number, each in enumerate(movements(report), 1):
        money: Money = each["amount"]
        sheet.write_datetime(number, 0, each["at"], looks.moment)
        sheet.write_string(number, 1, each["event"])
        sheet.write_string(number, 2, ACCOUNTS[each["account"]].in_language(language))
        sheet.write_string(number, 3, gateways.get(each["gateway"], each["gateway"]))
        sheet.write_number(number, 4, float(str(money)), looks.amount)
        sheet.write_string(number, 5, money.currency)
        sheet.write_string(number, 6, each["application"])


def _gateways(language: str) -> dict[str, str]:
    return {code: name.in_language(language) for code, name in names().items()}


def _sheet(book: Any, name: str, language: str) -> Any:
    sheet = book.add_worksheet(_TITLES[name].in_language(language))
    if language == "ar":
        sheet.right_to_left()
    sheet.set_column(0, 6, 22)
    return sheet


def _heading(sheet: Any, row: int, columns: tuple[str, ...], looks: Looks, language: str) -> None:
    for column, name in enumerate(columns):
        sheet.write_string(row, column, _TITLES[name].in_language(language), looks.bold)
