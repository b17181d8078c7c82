"""Account numbers as people type them: checked with the bank that they name, and what to do where one is refused."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.catalogue.banks import UnknownBank, bank_of
from rukhsa.errors import RukhsaError
from rukhsa.values.iban import IbanError, Mistyped, NoSuchCountry, WrongForm, WrongLength, parse_iban
from rukhsa.values.names import Text

_SENTENCES = {
    IbanError.code: _("An IBAN begins with two letters and two digits, such as BH67 BMAG 0000 1299 1234 56."),
    NoSuchCountry.code: _("No country with the letters {country} has IBANs. Compare the first two letters."),
    WrongLength.code: _("An IBAN of {country} has {length} characters. Count them again."),
    WrongForm.code: _(
        "An IBAN of {country} is not written so: somewhere a letter stands for a digit, or a digit for a letter."
    ),
    Mistyped.code: _(
        "This IBAN was mistyped. Compare it with the one that your bank gave, letter by letter."
    ),
    UnknownBank.code: _(
        "We know no bank of {country} whose code is {bank}. Compare the IBAN with the one that your bank gave. If it "
        "is right, bring a letter of the bank to the municipality: the bank is added, and you can go on."
    ),
}


class BadAccountNumber(RukhsaError):
    """A text that no money can be sent to: `code` lasts, `text` says why and what to do."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.text = format_lazy(_SENTENCES[code], **facts)


def read_account_number(typed: str) -> str:
    """The IBAN in its one form, of a bank that is known where its country's banks are. Raises BadAccountNumber."""
    try:
        iban = parse_iban(typed)
        bank_of(iban)
    except IbanError as error:
        raise BadAccountNumber(error.code, country=error.country, length=error.length) from error
    except UnknownBank as error:
        raise BadAccountNumber(error.code, country=error.country, bank=error.bank) from error
    return iban


def bank_named(typed: str) -> Text | None:
    """The bank of a text, where it is an IBAN and its bank is known."""
    try:
        return bank_of(parse_iban(typed))
    except (IbanError, UnknownBank):
        return None


def is_of_no_known_bank(typed: object) -> bool:
    """Whether a text is an IBAN of a country whose banks nobody here knows."""
    try:
        return isinstance(typed, str) and bank_of(parse_iban(typed)) is None
    except (IbanError, UnknownBank):
        return False
