"""Days begin and end where the territory lies."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from rukhsa.project.config import PROJECT, ConfigError, read
from rukhsa.project.settings import territory_of


@pytest.mark.parametrize(
    ("territory", "zone"), [("bahrain", "Asia/Bahrain"), ("spearfish", "America/Denver")]
)
def test_the_zone_is_that_of_the_territory(territory: str, zone: str) -> None:
    assert (
        territory_of(read({"RUKHSA_ENVIRONMENT": "development", "RUKHSA_TERRITORY": territory})).time_zone
        == zone
    )


def test_the_settings_take_it() -> None:
    assert territory_of(settings.CONFIG).time_zone == settings.TIME_ZONE


def test_a_territory_of_one_language_offers_no_other() -> None:
    program = "from django.conf import settings; print(settings.LANGUAGE_CODE, settings.LANGUAGES)"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "rukhsa.project.settings",
        "RUKHSA_TERRITORY": "spearfish",
        "RUKHSA_ENVIRONMENT": "test",
    }
    told = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "en [('en', 'English')]"


def test_a_territory_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"no territory\.yaml in .*/atlantis"):
        territory_of(read({"RUKHSA_ENVIRONMENT": "development", "RUKHSA_TERRITORY": "atlantis"}))


def test_a_territory_that_is_wrong_is_told_with_line_and_field(tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "territory.yaml").write_text("territory: wrong\ntime-zone: Nowhere\n")
    config = read(
        {
            "RUKHSA_ENVIRONMENT": "development",
            "RUKHSA_TERRITORY": "wrong",
            "RUKHSA_TERRITORIES": str(tmp_path),
        }
    )
    with pytest.raises(ConfigError, match=r"territory\.yaml:2.*time-zone"):
        territory_of(config)
