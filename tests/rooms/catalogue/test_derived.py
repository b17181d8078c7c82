"""Derived values and limits by another answer: worked out, proved, charged, sealed and walked."""

from datetime import date
from pathlib import Path

import pytest

from rukhsa.catalogue.definition import asked, effective_answers, wanted
from rukhsa.catalogue.facts import sealed_facts
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.difference.paths import Paths
from rukhsa.payments.tariff import price
from rukhsa.values.periods import Period
from tests.rooms.catalogue.broken import problems_in_text, read

SOUND = (Path(__file__).parent / "broken_files" / "sound.yaml").read_text(encoding="utf-8")
DAY = date(2026, 6, 1)
TOTAL = (
    "derived:\n  - {id: total, name: {ar: المجموع, en: All floors}, product-of: [area, floors], unit: m2}\n"
)
FLOORS = (
    "      - {id: floors, type: integer, from: 1, to: 3, ask: {ar: كم طابقًا؟, en: How many floors?}}\n"
    "      - id: use\n"
)
DERIVED = SOUND.replace("documents:\n", f"{TOTAL}documents:\n", 1).replace("      - id: use\n", FLOORS, 1)
ANSWERS = {"area": "40.5", "floors": 3, "use": "goods"}
DRAWING = "{id: drawing, name: {ar: مخطط الموقع, en: Drawing of the place}}"
LARGE = "{id: drawing, name: {ar: مخطط, en: Drawing}, phrase: {ar: كبير, en: large}, when: {question: total, WHEN}}"


def test_a_derived_value_is_there_when_its_parts_are() -> None:
    definition = read(DERIVED).value
    assert effective_answers(definition, ANSWERS)["total"] == "121.50"
    assert "total" not in effective_answers(definition, {"area": "40.5"})
    assert "total" not in {each.id for each in asked(definition, ANSWERS)}
    assert problems_in_text(DERIVED) == ()


def test_it_multiplies_a_charge_is_compared_and_sealed() -> None:
    row = "- {amount: 0.100, per: {square-metre-of: total}}"
    start = DERIVED.index("      - {phrase: {ar: حتى")
    charged = (
        DERIVED[:start] + f"      {row}\n" + DERIVED[DERIVED.index("  - id: clearance-deposit") :]
    ).replace(DRAWING, LARGE.replace("WHEN", "at-least: 100"), 1)
    charged = charged.replace("type: decimal, question: area}", "type: decimal, question: total}", 1)
    assert problems_in_text(charged) == ()
    definition = read(charged).value
    given = effective_answers(definition, ANSWERS)
    assert str(price(definition.charges[0], given, "BHD", on=DAY).money) == "12.200"
    assert [each.id for each in wanted(definition, ANSWERS)] == ["drawing"]
    assert wanted(definition, ANSWERS | {"floors": 1}) == ()
    told = {**ANSWERS, "place": {"building": 1, "road": "2", "block": 317}, "distance": 3}
    period = Period(start=DAY, end=DAY)
    facts = sealed_facts(definition, told, holder="ليلى", masked_id=None, period=period)
    assert facts[5] == 12_150


@pytest.mark.parametrize(
    ("when", "codes"),
    [
        ("at-least: 100", set()),
        ("at-least: 301", {"never-asked"}),  # at most 100 square metres on 3 floors
        ("at-least: 1", {"always-holds"}),
    ],
)
def test_its_bounds_follow_from_those_of_its_parts(when: str, codes: set[str]) -> None:
    text = DERIVED.replace(DRAWING, LARGE.replace("WHEN", when), 1)
    assert {each.code for each in problems_in_text(text)} == codes


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("product-of: [area, floors]", "product-of: [area, storeys]", "unknown-question"),
        ("product-of: [area, floors]", "product-of: [area, use]", "wrong-type"),
        ("product-of: [area, floors]", "product-of: [area, floors], sum-of: [area, floors]", "misread"),
        ("id: total", "id: area", "id-twice"),
        ("type: integer, from: 1, to: 3, ask: {ar: كم ط", "type: integer, to: 3, ask: {ar: كم ط", ""),
        ("to: 40\n", "to: floors\n", ""),
        ("to: 40\n", "to: storeys\n", "unknown-question"),
        ("to: 40\n", "to: use\n", "unknown-question"),
        ("from: 1, to: 3, ask: {ar: كم ط", "from: 1, to: tables, ask: {ar: كم ط", "asked-later"),
    ],
)
def test_what_it_is_made_of_and_limited_by_is_asked(old: str, new: str, code: str) -> None:
    assert old in DERIVED
    found = {each.code for each in problems_in_text(DERIVED.replace(old, new, 1))}
    assert found == ({code} if code else set())


def test_a_condition_on_it_stands_behind_its_parts() -> None:
    early = DERIVED.replace(
        "{id: place, type: address,", "{id: place, type: address, when: {question: total, at-least: 9},"
    )
    assert "asked-later" in {each.code for each in problems_in_text(early)}


def test_a_product_that_may_be_negative_is_found_where_it_is_charged() -> None:
    text = DERIVED.replace("type: integer, from: 1, to: 3, ask: {ar: كم ط", "type: integer, ask: {ar: كم ط")
    text = text.replace("per: {square-metre-of: area}", "per: {square-metre-of: total}")
    assert {each.code for each in problems_in_text(text)} == {"may-be-negative"}


def test_an_answer_is_limited_by_an_earlier_one() -> None:
    tables = read(DERIVED.replace("to: 40\n", "to: floors\n", 1)).value.question("tables")
    assert tables.read("3", Context(on=DAY, values={"floors": 3})) == 3
    with pytest.raises(BadAnswer, match="number-too-large"):
        tables.read("4", Context(on=DAY, values={"floors": 3}))
    setting = Setting(number=9, on=DAY, block=317)
    assert tables.plausible(None, setting, {"floors": "2"}) == "2"


def test_walks_go_both_ways_at_a_derived_value() -> None:
    definition = read(DERIVED.replace(DRAWING, LARGE.replace("WHEN", "at-least: 100"), 1)).value
    paths = Paths(definition)
    turning = next(at for at, each in enumerate(paths.turnings) if each.place == "documents/drawing/when")
    assert {path.trace[turning] for path in paths.chosen} == {True, False}
