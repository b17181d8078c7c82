"""A third territory, written from nothing, issues a document that a stranger verifies."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from pytest_django import Settings

from rukhsa import applying
from rukhsa.applications import attachment, draft
from rukhsa.catalogue.compiler import problems_in
from rukhsa.catalogue.territory import read_territory
from rukhsa.issuance import time_stamp
from rukhsa.issuance.models import Instrument
from rukhsa_rehearsal.story import samples
from tests import town as towns
from tests.journeys import facts
from tests.town import Town

RIVERSIDE = {
    "--languages": "ar, en",
    "--name-ar": "ضفة النهر",
    "--name-en": "Riverside",
    "--currency": "OMR",
    "--time-zone": "Asia/Muscat",
    "--holidays": "OM",
    "--authority-ar": "بلدية ضفة النهر",
    "--authority-en": "Riverside Municipality",
    "--code": "RIV",
}


def new(into: Path, name: str = "riverside", **changes: str) -> Path:
    options = RIVERSIDE | {f"--{option.replace('_', '-')}": value for option, value in changes.items()}
    words = [word for option, value in options.items() for word in (option, value)]
    call_command("territory", "new", name, "--into", str(into), *words, stdout=io.StringIO())
    return into / name


def issued(town: Town, answers: dict[str, Any]) -> Instrument:
    version = towns.version_of("address-certificate")
    application = draft.start(version, actor=town.layla, language="ar", at=town.at)
    application = draft.save(application, answers, actor=town.layla, at=town.at)
    file = samples.upload("pdf")["file"]
    proof = ContentFile(file[1], name=file[0])
    attachment.attach(application, "proof", proof, actor=town.layla, at=town.at)
    applying.submit(application, actor=town.layla, at=town.at)
    return towns.instrument_of(town.grant(town.advance(application)))


@pytest.mark.django_db
def test_a_territory_from_nothing_issues_a_document_that_verifies(
    tmp_path: Path, settings: Settings, surroundings: None
) -> None:
    settings.RUKHSA_TERRITORY = new(tmp_path / "territories", address_form="street")
    town = towns.build()
    instrument = issued(town, {"home": "8 Corniche Street", "living-since": "2019-05-01"})
    assert instrument.number.startswith("RIV-AC-")
    verdict = facts.verdict_on(instrument, at=town.at)
    assert verdict.word == "valid"
    assert "8 Corniche Street" in [shown.value for shown in verdict.facts("en")]
    altered = time_stamp.handed_out(instrument).replace(b"/Title", b"/Titel", 1)
    assert facts.anyone().verify_pdf(altered, at=town.at).word != "valid"


@pytest.mark.parametrize("languages", ["ar", "en", "en, ar"])
@pytest.mark.parametrize("form", ["block", "street"])
def test_every_kind_of_new_territory_compiles(tmp_path: Path, languages: str, form: str) -> None:
    folder = new(tmp_path, languages=languages, address_form=form)
    assert list(problems_in(folder)) == []
    assert ", ".join(read_territory(folder).languages) == languages


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("currency", "XXX", "not a known currency"),
        ("time_zone", "Nowhere", "time zone"),
        ("languages", "fr", "languages are among"),
        ("code", "riverside", "code"),
        ("phone", "many", "prefix"),
        ("address_form", "star", "block or street"),
        ("name_en", 'a "quoted" {name}: #1', ""),
    ],
)
def test_a_new_territory_is_written_whole_or_not_at_all(
    tmp_path: Path, option: str, value: str, says: str
) -> None:
    if says:
        with pytest.raises(CommandError, match=says):
            new(tmp_path, **{option: value})
        assert list(tmp_path.iterdir()) == []
    else:
        assert read_territory(new(tmp_path, **{option: value})).name.en == value
    with pytest.raises(CommandError, match="small letters"):
        new(tmp_path, name="../elsewhere")


def test_a_territory_that_is_there_is_not_touched(tmp_path: Path) -> None:
    before = (new(tmp_path) / "territory.yaml").read_text()
    with pytest.raises(CommandError, match="there already"):
        new(tmp_path, name_en="Other")
    assert (tmp_path / "riverside/territory.yaml").read_text() == before
