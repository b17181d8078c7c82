"""A zone is a word of the language: a referral, a document or a fee by where a place lies."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rukhsa.applications.answers import read_all
from rukhsa.authorities.models import Authority
from rukhsa.catalogue import spoken
from rukhsa.catalogue.compiler import problems_of
from rukhsa.catalogue.conditions import Comparison, holds
from rukhsa.catalogue.definition import wanted
from rukhsa.catalogue.territory import Territory, read_territory
from rukhsa.places.models import Block, Feature, Survey, SurveyVersion
from rukhsa.places.survey import Kind
from tests.rooms.catalogue.broken import BAHRAIN, read

SOUND = (Path(__file__).parent / "broken_files" / "sound.yaml").read_text(encoding="utf-8")
ZONES = {
    id: {"name": {"ar": f"منطقة {id}", "en": f"Zone {id}"}, "source": "made up"}
    for id in ("heritage", "coast")
}
AT, DAY = datetime(2026, 6, 1, 9, tzinfo=UTC), date(2026, 5, 20)
HERITAGE = "{question: place, zone: heritage}"


def territory() -> Territory:
    told = read_territory(BAHRAIN).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return Territory.model_validate(told | {"zones": ZONES})


def with_document(when: str) -> str:
    return SOUND.replace("when: {question: cooks, is: yes}}", f"when: {when}}}", 1)


def codes(text: str) -> set[str]:
    return {each.code for each in problems_of(read(text), territory())}


def test_a_place_lies_in_the_zones_that_are_kept_with_its_answer() -> None:
    lies = Comparison.model_validate({"question": "place", "zone": "heritage"})
    assert holds(lies, {"place": {"block": 317, "zones": ["coast", "heritage"]}})
    assert not holds(lies, {"place": {"block": 317, "zones": ["coast"]}})
    assert not holds(lies, {"place": {"block": 317}})
    assert not holds(lies, {})


@pytest.mark.parametrize(
    ("when", "found"),
    [
        (HERITAGE, set()),
        ("{all: [{question: place, zone: heritage}, {question: place, zone: coast}]}", set()),
        ("{all: [{question: place, zone: heritage}, {not: {question: place, zone: heritage}}]}", {"never-asked"}),
        ("{any: [{question: place, zone: heritage}, {not: {question: place, zone: heritage}}]}", {"always-holds"}),
        ("{question: place, zone: heritge}", {"unknown-zone"}),
        ("{question: area, zone: heritage}", {"wrong-comparison"}),
        ("{question: spot, zone: heritage}", {"unknown-question"}),
    ],
)  # fmt: skip
def test_the_compiler_reasons_over_the_zones_of_a_place(when: str, found: set[str]) -> None:
    assert codes(with_document(when)) == found


def test_a_question_by_zone_before_its_place_is_asked_later() -> None:
    text = SOUND.replace("{id: age, type: integer,", f"{{id: age, type: integer, when: {HERITAGE},", 1)
    assert "asked-later" in codes(text)


def test_a_fee_and_a_referral_by_zone_are_proved() -> None:
    start = SOUND.index("      - {phrase: {ar: حتى")
    rows = "".join(
        f"      - {{phrase: {{ar: م, en: p}}, when: {when}, amount: {amount}}}\n"
        for when, amount in ((HERITAGE, "20.000"), (f"{{not: {HERITAGE}}}", "10.000"))
    )
    priced = SOUND[:start] + rows + SOUND[SOUND.index("  - id: clearance-deposit") :]
    assert codes(priced) == set()
    assert codes(priced.replace(f"when: {{not: {HERITAGE}}}", "when: {question: place, zone: coast}")) == {
        "row-gap",
        "row-overlap",
    }
    referral = SOUND.replace(
        "    within: 3 working days\n    when: {question: cooks, is: yes}",
        f"    within: 3 working days\n    when: {HERITAGE}",
    )
    assert codes(referral) == set()


def test_the_condition_is_told_by_the_name_of_the_zone_or_its_id() -> None:
    definition = read(SOUND).value
    told = spoken.condition(definition, Comparison.model_validate({"question": "place", "zone": "nowhere"}))
    assert told.en == "“Where is the kiosk?” lies in “nowhere”"


@pytest.mark.usefixtures("db")
def test_the_zones_of_a_place_are_kept_with_its_answer_where_a_condition_asks() -> None:
    Block.objects.create(number=209, authority=Authority.objects.create(code="MUH", ordinal=1))
    west, east = 50.600, 50.602
    ring = [[west, 26.250], [east, 26.250], [east, 26.252], [west, 26.252], [west, 26.250]]
    ground = {"type": "Polygon", "coordinates": [ring]}
    edges = {"west": west, "south": 26.250, "east": east, "north": 26.252, "geometry": ground}
    for kind, named in ((Kind.BLOCK, {"number": "209", "block": 209}), (Kind.ZONE, {"sort": "heritage"})):
        survey = Survey.objects.create(kind=kind, effective_from=DAY, source="x", digest=str(kind), at=AT)
        Feature.objects.create(survey=survey, row=1, measure=1, **named, **edges)
        SurveyVersion.objects.create(survey=survey, kind=kind, number=1, at=AT)
    typed = {"age": "30", "place": {"building": "1", "road": "2", "block": "209"}, "area": "9"}
    without = read_all(read(SOUND).value, typed, at=AT)
    assert "zones" not in without.values["place"]
    definition = read(with_document(HERITAGE)).value
    reading = read_all(definition, typed, at=AT)
    assert reading.values["place"]["zones"] == ["heritage"]
    assert [each.id for each in wanted(definition, reading.values)] == ["drawing", "fire-plan"]
    # What was answered before the zone was drawn lies in none.
    earlier = read_all(definition, typed, at=AT - timedelta(days=30))
    assert earlier.values["place"]["zones"] == []
    assert [each.id for each in wanted(definition, earlier.values)] == ["drawing"]
