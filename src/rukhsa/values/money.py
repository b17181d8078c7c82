"""Amounts of money: whole minor units and a currency, never a float."""

import csv
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from importlib.resources import files

from rukhsa.errors import RukhsaError

# ISO 4217: the digits after the point, and the numeric code that gateways ask for. Currencies that
# no longer exist stay in the list, since documents and books still name them.
_CURRENCIES = files("rukhsa.values").joinpath("currencies.csv").read_text("ascii")
_ROWS = tuple(csv.DictReader(_CURRENCIES.splitlines()))
EXPONENTS = {row["code"]: int(row["decimals"]) for row in _ROWS}
NUMERIC_CODES = {row["code"]: row["number"] for row in _ROWS}


class MoneyError(RukhsaError, ValueError):
    """An amount that cannot be what it says."""

    code = "bad-amount"


@dataclass(frozen=True, kw_only=True, order=True)
class Money:
    """An amount: `Money(minor=25_500, currency="BHD")` is 25.500 dinars."""

    currency: str
    minor: int

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise MoneyError(f"unknown currency {self.currency!r}")
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise MoneyError("minor units are a whole number")

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read an amount in Latin digits with at most the currency's decimals, such as "12.500"."""
        if currency not in EXPONENTS:
            raise MoneyError(f"unknown currency {currency!r}")
        if not text.isascii() or text.strip() != text or text.lower().strip("+-0123456789.") != "":
            raise MoneyError(f"not an amount: {text!r}")
        try:
            scaled = Decimal(text).scaleb(EXPONENTS[currency])
        except InvalidOperation as error:
            raise MoneyError(f"not an amount: {text!r}") from error
        if scaled != scaled.to_integral_value():
            raise MoneyError(f"{text!r} has more than {EXPONENTS[currency]} decimals")
        return cls(minor=int(scaled), currency=currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(minor=self.minor + self._same(other), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(minor=self.minor - self._same(other), currency=self.currency)

    def share(self, percent: Decimal) -> "Money":
        """So many per cent of it, to the nearest minor unit; a half is rounded up, away from zero."""
        minor = (self.minor * percent / 100).to_integral_value(ROUND_HALF_UP)
        return Money(minor=int(minor), currency=self.currency)

    def __str__(self) -> str:
        """The amount as gateways and pages write it: "12.500"."""
        exponent = EXPONENTS[self.currency]
        return f"{Decimal(self.minor).scaleb(-exponent):.{exponent}f}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not add up")
        return other.minor
