"""What authorities earned in a month by the books: the fees, fines and kept deposits of each service."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Max, Q, Sum

from rukhsa.catalogue.territory import territory
from rukhsa.payments.models import Account, Entry
from rukhsa.values.money import Money


@dataclass(frozen=True, kw_only=True)
class IncomeRow:
    """What one service earned an authority in a month, in minor units; `version` is the newest that earned it."""

    authority: str
    service: str
    version: int
    currency: str
    fees: int = 0
    fines: int = 0
    forfeitures: int = 0

    @property
    def amounts(self) -> tuple[Money, Money, Money, Money]:
        """Fees, fines, kept deposits, and all of them together."""
        parts = (self.fees, self.fines, self.forfeitures)
        return tuple(  # type: ignore[return-value]
            Money(minor=each, currency=self.currency) for each in (*parts, sum(parts))
        )


def income(authorities: Collection[str], month: date) -> list[IncomeRow]:
    """What each service earned each of the authorities in the month of a day, in the territory's time.

    One statement; its cost grows with the postings of the month, by the index of an authority and time."""
    first = month.replace(day=1)
    next_month = (first + timedelta(days=32)).replace(day=1)
    entries = Entry.objects.filter(
        posting__authority__in=authorities,
        posting__at__gte=territory().bounds(first)[0],
        posting__at__lt=territory().bounds(next_month)[0],
        account__in=(Account.FEES, Account.FINES, Account.FORFEITURES),
    )
    keys = ("authority", "service", "currency")
    version = "line__charge__application__service_version"
    found = (
        entries.annotate(authority=F("posting__authority"), service=F(f"{version}__service"))
        .values(*keys)
        .annotate(
            version=Max(version),
            fees=-Sum("amount", filter=Q(account=Account.FEES), default=0),
            fines=-Sum("amount", filter=Q(account=Account.FINES), default=0),
            forfeitures=-Sum("amount", filter=Q(account=Account.FORFEITURES), default=0),
        )
    )
    return [IncomeRow(**row) for row in found.order_by(*keys)]


def total(rows: Collection[IncomeRow]) -> list[IncomeRow]:
    """The sums of rows, one row for each currency; of no authority and no service."""
    return [
        IncomeRow(
            authority="",
            service="",
            version=0,
            currency=currency,
            fees=sum(row.fees for row in rows if row.currency == currency),
            fines=sum(row.fines for row in rows if row.currency == currency),
            forfeitures=sum(row.forfeitures for row in rows if row.currency == currency),
        )
        for currency in sorted({row.currency for row in rows})
    ]
