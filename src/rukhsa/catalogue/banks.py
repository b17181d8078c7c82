"""The banks that account numbers name: by the territory's own lists, `banks/<country>.yaml`, then by the library's."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from rukhsa.catalogue.reading import require_once, shaped
from rukhsa.catalogue.shape import Shape
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import territory_folder
from rukhsa.errors import RukhsaError
from rukhsa.values.iban import bank_code, registered_bank
from rukhsa.values.names import Text


class UnknownBank(RukhsaError, ValueError):
    """Its country's list of banks is here, and has no such bank: `bank` and `country` as the IBAN has them."""

    code = "bank-unknown"

    def __init__(self, bank: str, country: str) -> None:
        super().__init__(f"no bank of {country} has the code {bank}")
        self.bank = bank
        self.country = country


class Bank(Shape):
    """A bank, by the part of an IBAN that names it."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,12}$")]
    name: Text
    source: str | None = None


class BankList(Shape):
    """The banks of a country, all of them: an account at any other is refused."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    source: str
    banks: tuple[Bank, ...] = Field(min_length=1, max_length=5000)


def bank_of(iban: str) -> Text | None:
    """The name of the bank of an IBAN, as `parse_iban` gives it; None where nobody can say which it is.

    Raise UnknownBank where its country's list is here and lacks it."""
    code, country = bank_code(iban), iban[:2]
    listed = _banks_of(territory_folder()).get(country)
    if listed is None:
        name = registered_bank(iban)
        return Text(en=name) if name else None
    if code not in listed:
        raise UnknownBank(code, country)
    return listed[code]


def read_banks(folder: Path) -> dict[str, dict[str, Text]]:
    """The names of a territory's banks, by country and code; DefinitionRefused for a list that is wrong."""
    lists: dict[str, dict[str, Text]] = {}
    for file in sorted((folder / "banks").glob("*.yaml")):
        reading = shaped(load(file), BankList)
        require_once(reading, "banks", "code")
        lists[reading.value.country] = {bank.code: bank.name for bank in reading.value.banks}
    return lists


_banks_of = cache(read_banks)
