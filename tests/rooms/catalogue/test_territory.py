"""Territories: read, checked, loaded as often as one likes."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from rukhsa.authorities.models import Agency, Authority, Office
from rukhsa.catalogue.definition import SCHEMA_FILE, schema_text
from rukhsa.catalogue.load import load
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.territory import read_policies, read_territory
from rukhsa.places.block import authority_of
from rukhsa.places.models import Block
from tests.rooms.catalogue.broken import BAHRAIN, SPEARFISH, TERRITORIES


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_the_four_authorities_have_their_exact_names() -> None:
    names = [authority.name(on=date(2026, 11, 1)).ar for authority in read_territory(BAHRAIN).authorities]
    assert names == ["أمانة العاصمة", "بلدية المحرق", "بلدية المنطقة الشمالية", "بلدية المنطقة الجنوبية"]


def test_every_crest_is_there() -> None:
    for folder in (BAHRAIN, SPEARFISH):
        for authority in read_territory(folder).authorities:
            assert authority.crest
            assert (folder / authority.crest).exists()


def test_paper_is_accepted_until_the_last_day_of_2020() -> None:
    paper = next(policy for policy in read_policies(BAHRAIN).policies if policy.kind == "paper")
    assert paper.accepts(on=date(2020, 12, 31))
    assert not paper.accepts(on=date(2021, 1, 1))


@pytest.mark.django_db
def test_a_territory_is_loaded_as_often_as_one_likes() -> None:
    call_command("territory", "load")
    counts = [model.objects.count() for model in (Authority, Office, Agency, Block)]
    assert load(BAHRAIN).blocks == counts[-1]
    assert [model.objects.count() for model in (Authority, Office, Agency, Block)] == counts
    assert Authority.objects.get(code="CAP").name(on=date(2026, 11, 1)).en == "Capital Secretariat"
    routed = {
        block: authority_of(block, on=date(2026, 11, 26)).code
        for block in (205, 317, 428, 552, 748, 812, 1203)
    }
    assert routed == {205: "MUH", 317: "CAP", 428: "CAP", 552: "NOR", 748: "NOR", 812: "SOU", 1203: "NOR"}


@pytest.mark.django_db
def test_spearfish_is_loaded_from_a_folder_alone() -> None:
    load(SPEARFISH)
    assert Authority.objects.get().name(on=date(2026, 11, 1)).en == "City of Spearfish"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("currency: BHD", "currency: BHX", "not a known currency"),
        ("time-zone: Asia/Bahrain", "time-zone: Asia/Manama", "not a time zone"),
        ("working-week: [sunday", "working-week: [sonntag", "sunday"),
        ('colour: "#0b3a53"', "colour: blue", "Write # and six digits"),
        ("languages: [ar, en]", "languages: [ar, fr]", "not a value"),
        ("gateways:", "gateway:", 'Write "gateways"'),
    ],
)
def test_a_wrong_territory_is_explained(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(DefinitionRefused, match=sentence):
        read_territory(changed(tmp_path, "territory.yaml", old, new))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("317,CAP", "317,MUH", "gives block 317 to CAP"),
        ("317,CAP", "316,CAP", "is there twice"),
        ("428,CAP", "428,XYZ", "no authority XYZ"),
        ("317,CAP", "x,CAP", "valid integer"),
        ("317,CAP", "4000,CAP", "the numbers 101 to 1299"),
        ("317,CAP,", "317,", "columns: number"),
    ],
)
def test_a_wrong_block_is_named_with_its_line_and_nothing_is_loaded(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(DefinitionRefused, match=rf"blocks.csv:\d+:1: .*{sentence}"):
        load(changed(tmp_path, "blocks.csv", old, new))
    assert not Authority.objects.exists()


def test_a_policy_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        "policies.yaml",
        "accept-until: 2020-12-31",
        "accept-until: 2020-12-31\n    accept-from: 2021-01-01",
    )
    with pytest.raises(DefinitionRefused, match="before accept-from"):
        read_policies(folder)


def test_the_schema_for_editors_is_up_to_date() -> None:
    kept = (TERRITORIES / SCHEMA_FILE).read_text(encoding="utf-8")
    assert kept == schema_text(), "run: rukhsa services schema"


def test_an_authority_is_closed_on_days_of_its_own(tmp_path: Path) -> None:
    day = (
        "closed-days: [{day: 2026-12-15, reason: {ar: انتقال المكاتب, en: Offices move}, authorities: [CAP]}]"
    )
    moved = read_territory(changed(tmp_path, "territory.yaml", "closed-days: []", day))
    assert not moved.calendar_of("CAP").is_working(date(2026, 12, 15))
    assert moved.calendar_of("MUH").is_working(date(2026, 12, 15))
    assert moved.calendar.is_working(date(2026, 12, 15))


def test_offices_keep_other_hours_in_ramadan() -> None:
    bahrain = read_territory(BAHRAIN)
    usual, ramadan = (bahrain.hours(on=day) for day in (date(2026, 11, 26), date(2026, 3, 1)))
    assert usual
    assert ramadan
    assert (usual.from_, usual.to, ramadan.from_, ramadan.to) == ("07:00", "14:15", "08:00", "14:00")
    assert bahrain.season("camping", near=date(2026, 11, 26)).end == date(2027, 3, 25)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "closed-days: []",
            "closed-days: [{day: 2026-12-15, reason: {ar: ا, en: a}, authorities: [CAB]}]",
            "CAP",
        ),
        ("season: ramadan, source", "season: ramadam, source", '"ramadan"'),
        ('from: "12-05"', 'from: "02-30"', "no day of any year"),
        ("hijri-month: 9", "hijri-month: 13", "12"),
        ('to: "14:15"', 'to: "06:15"', "close after they open"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_in_words(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read_territory(changed(tmp_path, "territory.yaml", old, new))
    assert says in str(refused.value)
