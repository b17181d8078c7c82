"""Banks and account numbers: the bank of an IBAN, by the territory's lists (`banks/<country>.yaml`) or the library."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from rukhsa.catalogue import in_force
from rukhsa.catalogue.reading import require_once, shaped
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Shape
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import territory_folder
from rukhsa.errors import RukhsaError
from rukhsa.values.iban import (
    IbanError,
    Mistyped,
    NoSuchCountry,
    WrongForm,
    WrongLength,
    bank_code,
    parse_iban,
    registered_bank,
)
from rukhsa.values.names import Text


class UnknownBank(RukhsaError, ValueError):
    """The list of banks of the IBAN's country has no such bank; `bank` and `country` as the IBAN has them."""

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
    """All banks of a country: an account at any other bank is refused."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    source: str
    banks: tuple[Bank, ...] = Field(min_length=1, max_length=5000)


_SENTENCES = {
    IbanError.code: Sentence(
        "Enter an IBAN that starts with 2 letters and 2 digits, like BH67 BMAG 0000 1299 1234 56."
    ),
    NoSuchCountry.code: Sentence("Check the IBAN. No country with the letters {country} uses IBANs."),
    WrongLength.code: Sentence("Check the IBAN. An IBAN from {country} has {length} characters."),
    WrongForm.code: Sentence(
        "Check the IBAN. A letter may be in the place of a digit, or a digit in the place of a "
        "letter ({country})."
    ),
    Mistyped.code: Sentence("Check the IBAN against your bank's letter. One character may be wrong."),
    UnknownBank.code: Sentence(
        "Check the IBAN: we do not know bank {bank} of {country}. If it is right, bring a letter "
        "from your bank to the municipality to add it."
    ),
}


class BadAccountNumber(RukhsaError):
    """An account number to which no money can be sent; `text` says why and what to do."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.text = _SENTENCES[code].filled(**facts)


def read_account_number(typed: str) -> str:
    """Normalise an IBAN, and check its bank where the banks of its country are listed. Raises BadAccountNumber."""
    try:
        iban = parse_iban(typed)
        bank_of(iban)
    except IbanError as error:
        raise BadAccountNumber(error.code, country=error.country, length=error.length) from error
    except UnknownBank as error:
        raise BadAccountNumber(error.code, country=error.country, bank=error.bank) from error
    return iban


def bank_named(typed: str) -> Text | None:
    """The bank of what was typed, if it is an IBAN of a known bank."""
    try:
        return bank_of(parse_iban(typed))
    except (IbanError, UnknownBank):
        return None


def is_of_no_known_bank(typed: object) -> bool:
    """Whether what was typed is an IBAN whose bank cannot be looked up."""
    try:
        return isinstance(typed, str) and bank_of(parse_iban(typed)) is None
    except (IbanError, UnknownBank):
        return False


def bank_of(iban: str) -> Text | None:
    """The name of the bank of a normalised IBAN; None if it cannot be looked up.

    Raises UnknownBank if its country is listed without that bank."""
    code, country = bank_code(iban), iban[:2]
    listed = listed_banks().get(country)
    if listed is None:
        name = registered_bank(iban)
        return Text(en=name) if name else None
    if code not in listed:
        raise UnknownBank(code, country)
    return listed[code]


def listed_banks() -> dict[str, dict[str, Text]]:
    """The banks by country and code: those of the territory's lists, and above them what the desk changed."""
    found = {country: dict(banks) for country, banks in _banks_of(territory_folder()).items()}
    for key, value in in_force.current(in_force.BANK).items():
        country, _dot, code = key.partition(".")
        banks = found.setdefault(country, {})
        if value is None:
            banks.pop(code, None)
        else:
            banks[code] = Text(ar=value["ar"], en=value["en"])
    return found


def read_banks(folder: Path) -> dict[str, dict[str, Text]]:
    """The names of a territory's banks, by country and code. Raises DefinitionRefused for a wrong list."""
    lists: dict[str, dict[str, Text]] = {}
    for file in sorted((folder / "banks").glob("*.yaml")):
        reading = shaped(load(file), BankList)
        require_once(reading, "banks", "code")
        lists[reading.value.country] = {bank.code: bank.name for bank in reading.value.banks}
    return lists


_banks_of = cache(read_banks)
