"""Account numbers: the form of each country, and the bank that they name."""

from pathlib import Path

import pytest

from rukhsa.catalogue.banks import UnknownBank, bank_of, read_banks
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.project.config import PROJECT
from rukhsa.values.iban import IbanError, bank_code, parse_iban
from rukhsa.values.names import Text

BAHRAIN = PROJECT / "territories" / "bahrain"


@pytest.fixture(autouse=True)
def _in_bahrain(settings: object) -> None:
    settings.RUKHSA_TERRITORY = BAHRAIN  # type: ignore[attr-defined]


def test_an_account_is_read_as_people_type_it() -> None:
    for typed in ("bh67 bmag 0000 1299 1234 56", "BH٦٧-BMAG-٠٠٠٠١٢٩٩١٢٣٤٥٦", "BH67BMAG00001299123456"):
        assert parse_iban(typed) == "BH67BMAG00001299123456"
    assert bank_code("BH67BMAG00001299123456") == "BMAG"
    assert bank_code(parse_iban("DE89 3704 0044 0532 0130 00")) == "37040044"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("67BMAG", "iban-unreadable"),
        ("US12 1212 1212", "iban-country"),
        ("BH67 BMAG 0000 1299 1234 5", "iban-length"),
        ("DE89 3704 0044 0532 0130 000", "iban-length"),
        ("BH67 1234 0000 1299 1234 56", "iban-form"),
        ("BH67 BMAG 0000 1299 1234 65", "iban-mistyped"),
        ("BH00 BMAG 0000 1299 1234 56", "iban-mistyped"),
    ],
)
def test_what_is_wrong_is_told_apart(typed: str, code: str) -> None:
    with pytest.raises(IbanError) as refused:
        parse_iban(typed)
    assert refused.value.code == code


def test_the_bank_is_named_by_the_territory_then_by_the_library_or_by_nobody() -> None:
    assert bank_of("BH30NBOB00000012345678") == Text(ar="بنك البحرين الوطني", en="National Bank of Bahrain")
    assert bank_of("AE070331234567890123456") == Text(en="Mashreqbank")
    assert bank_of("KW81CBKU0000000000001234560101") is None
    with pytest.raises(UnknownBank) as refused:
        bank_of("BH42XXXX00001299123456")
    assert (refused.value.bank, refused.value.country) == ("XXXX", "BH")


def test_without_a_list_no_bank_of_bahrain_is_refused(settings: object, tmp_path: Path) -> None:
    settings.RUKHSA_TERRITORY = tmp_path  # type: ignore[attr-defined]
    assert bank_of("BH42XXXX00001299123456") is None


def test_a_list_that_names_a_code_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "banks").mkdir()
    bank = "{code: NBOB, name: {en: National Bank}}"
    (tmp_path / "banks" / "BH.yaml").write_text(
        f"country: BH\nsource: assumed\nbanks:\n  - {bank}\n  - {bank}\n"
    )
    with pytest.raises(DefinitionRefused) as refused:
        read_banks(tmp_path)
    assert refused.value.problems[0].line == 5
