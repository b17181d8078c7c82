"""Account numbers: the IBAN of ISO 13616, in the form that each country has registered."""

import re
from typing import TYPE_CHECKING

from rukhsa.values.identifiers import IdentifierError, only_digits
from rukhsa.values.writing import latin_digits

# The library brings its lists and a printer of tables, a hundred modules: only the few pages with an account need them.
if TYPE_CHECKING:
    from schwifty.iban import IBAN


class IbanError(IdentifierError):
    """A text that is no IBAN: `code` says why, `country` and `length` what its country wants, where that is known."""

    code = "iban-unreadable"

    def __init__(self, message: str, *, country: str = "", length: int = 0) -> None:
        super().__init__(message)
        self.country = country
        self.length = length


class NoSuchCountry(IbanError):
    """No country of these two letters has IBANs."""

    code = "iban-country"


class WrongLength(IbanError):
    """Too short or too long for its country."""

    code = "iban-length"


class WrongForm(IbanError):
    """A letter where its country has a digit, or a digit where it has a letter."""

    code = "iban-form"


class Mistyped(IbanError):
    """The two check digits do not fit the rest."""

    code = "iban-mistyped"


def parse_iban(text: str) -> str:
    """ISO 13616: an account number without spaces; Arabic digits, small letters, spaces, dashes, and O for 0
    among the check digits are forgiven.

    1. Two letters and two digits first. 2. A country that has IBANs, by the registry of SWIFT. 3. Its length. 4. Its
    letters and digits where that country has them. 5. The check digits (ISO 7064, mod 97-10). Raise IbanError.
    """
    from schwifty import exceptions

    written = re.sub(r"[\s-]", "", latin_digits(text).upper())
    written = written[:2] + only_digits(written[2:4]) + written[4:]
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", written):  # 1
        raise IbanError("an IBAN begins with two letters and two digits, such as BH67 BMAG 0000 1299 1234 56")
    iban, country = _read(written), written[:2]
    try:
        length = iban.spec.iban_length
    except exceptions.InvalidCountryCode as error:  # 2
        raise NoSuchCountry(f"no country {country} has IBANs", country=country) from error
    try:
        iban.validate()
    except exceptions.InvalidLength as error:  # 3
        said = f"an IBAN of {country} has {length} characters, this one has {len(written)}"
        raise WrongLength(said, country=country, length=length) from error
    except exceptions.InvalidStructure as error:  # 4
        raise WrongForm(f"an IBAN of {country} is not written so", country=country) from error
    except exceptions.InvalidChecksumDigits as error:  # 5
        raise Mistyped(
            "the IBAN was mistyped: its check digits do not fit the rest", country=country
        ) from error
    return written


def bank_code(iban: str) -> str:
    """The part of an IBAN, as `parse_iban` gives it, that names the bank: "BMAG"."""
    return _read(iban).bban.bank_code


def registered_bank(iban: str) -> str:
    """The name of its bank in the national lists that the library carries, or an empty text."""
    from schwifty import registry

    code = bank_code(iban)
    found = registry.get_banks_by_code(iban[:2], code) if code else []
    return max(found, key=lambda bank: bank.primary).name if found else ""


def _read(written: str) -> "IBAN":
    from schwifty.iban import IBAN

    return IBAN(written, allow_invalid=True)
