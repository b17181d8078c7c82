import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rukhsa.trust import factsheet, profiles, seal_text
from rukhsa.trust.errors import BadFacts
from rukhsa.trust.profiles import Field, Profile
from rukhsa.values.names import Text
from tests.trust import world
from tests.trust.world import CLAIMS, FACTS, ROAD_WORKS


def test_the_facts_of_a_licence_meet_its_profile() -> None:
    profiles.check(FACTS, ROAD_WORKS)
    profiles.check({key: fact for key, fact in FACTS.items() if key < 8}, ROAD_WORKS)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({1: 4}, "wrong-profile"),
        ({99: 1}, "unknown-fact"),
        ({2: 5}, "bad-fact"),
        ({3: "رقم"}, "bad-fact"),
        ({4: 5}, "bad-fact"),
        ({4: [1, 2]}, "bad-fact"),
        ({4: [1, 2, 3, None]}, "bad-fact"),
        ({5: 10_000_000}, "bad-fact"),
        ({6: "2020-12-09"}, "bad-fact"),
        ({7: 3}, "bad-fact"),
        ({7: "1"}, "bad-fact"),
        ({8: "120"}, "bad-fact"),
        ({9: "240.000"}, "bad-fact"),
    ],
)
def test_facts_of_another_form_are_refused(change: dict[int, Any], code: str) -> None:
    with pytest.raises(BadFacts) as refused:
        profiles.check(FACTS | change, ROAD_WORKS)
    assert refused.value.code == code


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(BadFacts, match="missing-fact: 2 Holder"):
        profiles.check({key: fact for key, fact in FACTS.items() if key != 2}, ROAD_WORKS)


def one(type: str, **more: Any) -> Profile:
    field = Field(key=2, name=Text(ar="قيمة", en="Value"), type=type, **more)
    return Profile(code=9, service="test", name=Text(en="Test"), fields=(field,))


@pytest.mark.parametrize(
    ("profile", "fact", "english", "arabic"),
    [
        (one("integer"), 1234, "1234", "1234"),
        (one("integer", decimals=2), 5, "0.05", "0.05"),
        (one("integer", decimals=1, unit=Text(ar="م²", en="m²")), -1234, "-123.4 m²", "-123.4 م²"),
        (one("money", currency="BHD"), 25_500, "25.500 BHD", "25.500 BHD"),
        (one("money", currency="USD"), 25_50, "25.50 USD", "25.50 USD"),
        (one("date"), profiles.to_days(date(2020, 11, 1)), "1 November 2020", "1 نوفمبر 2020"),
        (one("date"), -1, "31 December 1969", "31 ديسمبر 1969"),
        (one("text"), "Main St", "Main St", "Main St"),
        (one("code", options={1: Text(ar="نعم", en="Yes")}), 1, "Yes", "نعم"),
        (
            one("address", parts=(Text(ar="مبنى", en="Building"), Text(ar="طريق", en="Road"))),
            ["12A", 3402],
            "Building 12A, Road 3402",
            "مبنى 12A، طريق 3402",
        ),
    ],
)
def test_a_fact_is_shown_in_words(profile: Profile, fact: Any, english: str, arabic: str) -> None:
    facts = {1: 9, 2: fact}
    profiles.check(facts, profile)
    assert profiles.describe(facts, profile, "en") == [("Value", english)]
    assert profiles.describe(facts, profile, "ar") == [("قيمة", arabic)]


def test_a_profile_reads_back_from_the_trust_list() -> None:
    assert profiles.from_json(profiles.to_json(ROAD_WORKS)) == ROAD_WORKS


def test_a_role_finds_its_fact() -> None:
    assert profiles.fact_in_role(FACTS, ROAD_WORKS, "valid-until") == FACTS[6]
    assert profiles.fact_in_role(FACTS, one("text"), "valid-until") is None


def test_facts_json_says_what_the_seal_says() -> None:
    written = factsheet.write(CLAIMS, ROAD_WORKS)
    factsheet.check(written, CLAIMS)
    assert "ليلى".encode() in written
    for old, new in (
        (b'"version": 1', b'"version": 2'),
        (b'"index": 4242', b'"index": 4243'),
        (b"6789", b"6780"),
    ):
        assert old in written
        with pytest.raises(BadFacts, match="facts-differ"):
            factsheet.check(written.replace(old, new), CLAIMS)


@pytest.mark.parametrize(
    "typed", ["  Layla\u200b  Al\u00a0Dosari ", "Layla\u202e Al Dosari", "Layla Al\nDosari"]
)
def test_text_is_made_fit_for_a_seal(typed: str) -> None:
    cleaned = seal_text.clean(typed)
    seal_text.check(cleaned)
    assert cleaned == "Layla Al Dosari"


def test_the_sheet_of_facts_speaks_the_languages_of_its_profile_alone() -> None:
    english = replace(world.RESIDENCE, name=Text(en="Proof of residence"))
    claims = replace(world.CLAIMS, facts={1: 1, 2: "Layla Al Dosari"})
    sheet = json.loads(factsheet.write(claims, english))
    assert sheet["title"] == {"en": "Proof of residence"}
    assert sheet["shown"] == {"en": [["Holder", "Layla Al Dosari"]]}
    both = json.loads(factsheet.write(claims, world.RESIDENCE))
    assert list(both["shown"]) == ["ar", "en"]
