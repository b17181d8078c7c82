"""The currencies are those of ISO 4217, in Python and in the verifier page alike."""

import re

import pytest
from iso4217 import Currency

from rukhsa.project.config import PROJECT
from rukhsa.values.money import EXPONENTS, NUMERIC_CODES, Money, MoneyError

MODULE = PROJECT / "src/rukhsa/web/public/static/public/profiles.js"


def test_every_currency_of_the_standard_is_known_with_its_decimals_and_number() -> None:
    listed = {one.code: one for one in Currency if one.exponent is not None}
    assert len(listed) > 150
    for code, one in listed.items():
        assert (EXPONENTS[code], NUMERIC_CODES[code]) == (one.exponent, f"{one.number:03d}"), code


def test_the_page_knows_the_same_currencies() -> None:
    block = MODULE.read_text().partition("BY_DECIMALS = {")[2].partition("};")[0]
    told = {}
    for decimals, codes in re.findall(r'(\d):((?:\s*"[A-Z ]+"\s*\+?)+)', block):
        told |= dict.fromkeys(re.findall("[A-Z]{3}", codes), int(decimals))
    assert told == EXPONENTS


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1.234", "IQD", 1234),
        ("5", "JPY", 5),
        ("0.05", "MAD", 5),
        ("2.5", "PLN", 250),
        ("1.0001", "CLF", 10_001),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(text: str, currency: str, minor: int) -> None:
    money = Money.parse(text, currency)
    assert money.minor == minor
    assert Money.parse(str(money), currency) == money
    with pytest.raises(MoneyError):
        Money.parse(f"{text}{'' if '.' in text else '.'}{'0' * 5}1", currency)


def test_gold_and_what_is_no_currency_are_none() -> None:
    for code in ("XAU", "XXX", "BTC", ""):
        with pytest.raises(MoneyError):
            Money(minor=1, currency=code)
