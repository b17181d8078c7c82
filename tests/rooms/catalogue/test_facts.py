"""From answers to the seal: the facts meet the profile, and validity is what the definition says."""

from datetime import date
from typing import Any

import pytest

from rukhsa.catalogue.facts import (
    FactMissing,
    facts_beside,
    printed_conditions,
    sealed_facts,
    validity_period,
)
from rukhsa.catalogue.shape import Moment
from rukhsa.catalogue.territory import read_territory
from rukhsa.trust import polyline, profiles
from rukhsa.values.periods import Period
from tests.rooms.catalogue.broken import BAHRAIN, changed, problems_in_text, read, text_of

ROAD_WORKS = read(text_of("road-works-licence")).value
ANSWERS: dict[str, Any] = {
    "kind": "repair",
    "place": {"building": "1024A", "road": 1705, "block": 317, "flat": "12"},
    "route": {
        "geometry": {"type": "LineString", "coordinates": [[50.58, 26.22], [50.5812, 26.22]]},
        "measure": "125.44",
    },
    "closes-lane": "yes",
    "lanes": 2,
    "start": "2026-12-01",
    "days": 30,
    "contractor": {"number": "12345-1", "name": "شركة الخليج للمقاولات"},
    "on-behalf": "no",
}
ISSUED = date(2026, 11, 24)


def facts(answers: dict[str, Any]) -> dict[int, Any]:
    period = validity_period(ROAD_WORKS, answers, issued=ISSUED)
    return sealed_facts(ROAD_WORKS, answers, holder="ليلى", masked_id="*****2345", period=period)


def test_the_facts_of_road_works_meet_their_profile() -> None:
    profiles.check(facts(ANSWERS), ROAD_WORKS.profile())
    shown = dict(profiles.describe(facts(ANSWERS), ROAD_WORKS.profile(), "en"))
    assert shown["Works"] == "Repair"
    assert shown["Length of the route"] == "125.4 m"
    assert (shown["From"], shown["Until"]) == ("1 December 2026", "30 December 2026")
    assert shown["Lane closed"] == "Yes"
    assert shown["Lanes closed"] == "2"


def test_a_fact_that_does_not_apply_is_left_out() -> None:
    without = facts({**ANSWERS, "closes-lane": "no", "lanes": 2})
    profiles.check(without, ROAD_WORKS.profile())
    assert len(without) == len(facts(ANSWERS)) - 2  # the lanes, and the hours of their closure


def test_a_missing_answer_is_not_sealed_over() -> None:
    with pytest.raises(FactMissing, match="contractor"):
        facts({key: value for key, value in ANSWERS.items() if key != "contractor"})


def test_keys_run_from_five_in_the_order_of_the_definition() -> None:
    profile = ROAD_WORKS.profile()
    own = [field for field in profile.fields if field.key >= 5]
    assert [field.key for field in own] == list(range(5, 14))
    assert [field.name.en for field in own][:2] == ["Works", "Registration of the contractor"]
    profiles.check_profile(profile)


def test_what_is_printed_beside_the_seal_is_not_in_it() -> None:
    period = validity_period(ROAD_WORKS, ANSWERS, issued=ISSUED)
    beside = facts_beside(ROAD_WORKS, ANSWERS, period=period)
    shown = profiles.describe(beside, ROAD_WORKS.beside("BHD"), "en")
    assert shown == [("Contractor", "شركة الخليج للمقاولات")]
    assert "شركة الخليج للمقاولات" not in facts(ANSWERS).values()
    assert "12345-1" in facts(ANSWERS).values()
    assert "Contractor" not in {field.name.en for field in ROAD_WORKS.profile().fields}


def test_of_a_personal_number_the_last_four_digits_are_sealed() -> None:
    guard = read(text_of("building-guard-certificate")).value
    key, rule = next((key, each) for key, each in guard.instrument.sealed.items() if each.part == "masked")
    answers = {
        "place": ANSWERS["place"], "parcel": {"number": "03-120045"}, "units": 12, "guard-number": "850123456",
        "lives-there": "no", "unit": "G1", "guard-name": "راجو كومار",
    }  # fmt: skip
    sealed = sealed_facts(
        guard, answers, holder="ليلى", masked_id=None, period=Period(start=ISSUED, end=ISSUED)
    )
    assert (sealed[key], rule.type) == ("*****3456", "identifier")


def test_conditions_are_printed_where_they_apply() -> None:
    assert len(printed_conditions(ROAD_WORKS, ANSWERS)) == 3
    assert len(printed_conditions(ROAD_WORKS, {**ANSWERS, "closes-lane": "no"})) == 2


@pytest.mark.parametrize(
    ("service", "end"),
    [
        ("proof-of-residence", date(2027, 2, 23)),
        ("small-building-permit", date(2027, 11, 23)),
        ("address-change", None),
        ("drawings-amendment", date(2027, 5, 1)),
    ],
)
def test_an_instrument_lasts_as_its_service_says(service: str, end: date | None) -> None:
    definition = read(text_of(service)).value
    period = validity_period(definition, {}, issued=ISSUED, parent_end=date(2027, 5, 1))
    assert period == Period(start=ISSUED, end=end)


def test_a_moment_counts_working_days() -> None:
    calendar = read_territory(BAHRAIN).calendar
    moment = Moment.model_validate("5 working days after end")
    assert moment.day({"end": date(2026, 12, 3)}, calendar) == date(2026, 12, 10)
    assert Moment.model_validate("submission").day({"submission": ISSUED}, calendar) == ISSUED
    assert Moment.model_validate("1 month before end").day({"end": date(2026, 3, 31)}, calendar) == date(
        2026, 2, 28
    )


def test_the_drawn_route_and_the_hours_of_a_closed_lane_are_sealed() -> None:
    route = {"geometry": {"type": "LineString", "coordinates": [[50.58, 26.22], [50.585, 26.22]]}}
    answers = ANSWERS | {"route": ANSWERS["route"] | route}
    told = {field.tells: field.key for field in ROAD_WORKS.profile("BHD").fields if field.tells}
    assert polyline.read(facts(answers)[told["line"]]) == [(50.58, 26.22), (50.585, 26.22)]
    assert facts(answers)[told["hours"]] == "05:00-22:00"
    assert told["hours"] not in facts(answers | {"closes-lane": "no"})


def test_a_route_with_too_many_turns_is_not_sealed_and_the_document_is_issued() -> None:
    zigzag = [[50.5 + number / 1000, 26.2 + number % 2 / 500] for number in range(60)]
    route = ANSWERS["route"] | {"geometry": {"type": "LineString", "coordinates": zigzag}}
    sealed = facts(ANSWERS | {"route": route})
    profiles.check(sealed, ROAD_WORKS.profile("BHD"))
    assert not any(field.tells == "line" for field in ROAD_WORKS.profile("BHD").fields if field.key in sealed)


def test_hours_and_the_ground_of_a_drawing_are_identifiers() -> None:
    for right, wrong in (
        ("type: identifier, question: route, part: ground", "type: text, question: route, part: ground"),
        ('hours: "05:00-22:00"', 'hours: "5 to 22"'),
    ):
        assert problems_in_text(changed("road-works-licence", right, wrong))
