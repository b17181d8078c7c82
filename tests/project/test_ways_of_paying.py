"""A deployment whose territory offers a gateway that cannot take its money is refused before anyone is charged."""

from pathlib import Path

import pytest
from pytest_django import Settings

from rukhsa.project.config import PROJECT
from rukhsa.project.system_checks import check_gateways


def test_the_gateways_of_bahrain_take_its_currency() -> None:
    assert check_gateways() == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("currency: BHD", "currency: EUR", "rukhsa.E003"),
        ("gateways: [national, sadad, cards]", "gateways: [barter]", "rukhsa.E002"),
    ],
)
def test_a_gateway_that_is_not_there_or_takes_another_currency_is_an_error(
    old: str, new: str, fault: str, settings: Settings, tmp_path: Path
) -> None:
    text = (PROJECT / "territories/bahrain/territory.yaml").read_text()
    assert old in text
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "territory.yaml").write_text(text.replace(old, new))
    settings.RUKHSA_TERRITORY = folder
    assert {error.id for error in check_gateways()} == {fault}
