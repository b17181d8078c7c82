"""What a definition says it rests on: laws, the ranks of sources, and conditions in words."""

from pathlib import Path

import pytest

from rukhsa.catalogue import overview, spoken
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.facts import printed_conditions
from rukhsa.catalogue.service_version import meaning_of
from tests.rooms.catalogue.broken import problems_in_text, read, text_of

SOUND = (Path(__file__).parent / "broken_files" / "sound.yaml").read_text(encoding="utf-8")
ASSUMED = "{rank: assumed, why: the service is made up}"
AGE = "{id: age, type: integer,"


def test_a_law_is_told_with_its_article_and_what_is_assumed_is_not() -> None:
    definition = read(SOUND).value
    assert definition.on_laws(definition.eligible[0].law).en == "Order 5 of 2020 on kiosks, article 3"
    assert (
        definition.on_laws(definition.eligible[0].law).ar == "القرار رقم 5 لسنة 2020 بشأن الأكشاك، المادة 3"
    )
    assert definition.on_laws(definition.charges[0].law).en == ""
    # The decision rests on the law of the service where it names none.
    assert definition.legal_basis.en == "Order 5 of 2020 on kiosks"


def test_the_law_is_printed_where_the_instrument_shows_it() -> None:
    silent, shown = (
        read(text).value
        for text in (SOUND, SOUND.replace("  address: place\n", "  address: place\n  shows-law: yes\n"))
    )
    assert printed_conditions(silent, {}) == ()
    (printed,) = printed_conditions(shown, {})
    assert printed.en == "Legal basis: Order 5 of 2020 on kiosks"


def test_an_authored_phrase_is_told_in_place_of_the_condition() -> None:
    definition = read(SOUND).value
    assert spoken.phrase(definition, definition.documents[1]).en == "where there is cooking"
    assert spoken.phrase(definition, definition.charges[1].rows[1]).ar == "لبيع البضائع"


def test_without_a_phrase_the_condition_is_told() -> None:
    definition = read(text_of("road-works-licence")).value
    plan = definition.documents[4].model_copy(update={"phrase": None})
    assert spoken.phrase(definition, plan).en == "if “Will one or more lanes be closed?” is “yes”"


def test_a_version_published_before_laws_and_ranks_is_read_as_it_was_frozen() -> None:
    frozen = meaning_of(read(text_of("road-works-licence")).value) | {"source": "announcement, phase 2"}
    for word in ("laws", "law", "for-whom"):
        frozen.pop(word, None)
    for charge in frozen["charges"]:  # type: ignore[attr-defined]
        charge.pop("law", None)
        charge["source"] = "assumed"
    again = Definition.model_validate(frozen)
    assert meaning_of(again) == frozen
    assert again.legal_basis.en == ""
    assert overview.counted(again)["unranked"] == 1


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{rank: assumed}", "what is assumed says why"),
        ("{rank: ministry, page: mun.gov.bh}", "the day on which it was read"),
        ("{rank: press, read: 2026-11-30}", "a source says its page"),
        ("{rank: law, page: p, read: 2026-11-30, why: so}", "why is of what is assumed"),
    ],
)
def test_a_source_says_where_it_was_read_or_why_it_is_assumed(source: str, sentence: str) -> None:
    (problem,) = problems_in_text(SOUND.replace(ASSUMED, source, 1))
    assert (problem.code, problem.line) == ("misread", 10)
    assert sentence in problem.what.en
    known = SOUND.replace(ASSUMED, "{rank: ministry, page: mun.gov.bh/fees, read: 2026-11-30, note: n}", 1)
    assert problems_in_text(known) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("law: [{of: kiosks}]\n", "", "no-law"),
        ("    law: [{of: kiosks, article: 3}]\n", "", "no-law"),
        ("law: [{of: kiosks}]", "law: [{of: kiosks, assumed: none}]", "misread"),
        ("law: [{of: kiosks}]", "law: [{assumed: none, article: 3}]", "misread"),
        ("for-whom: [{ar: لمن يبيع في مكان عام, en: Those who sell in a public place}]\n", "", "no-phrase"),
        ("phrase: {ar: لمن يطبخ, en: where there is cooking}, ", "", "no-phrase"),
        ("    returned: {ar: يُرد بعد معاينة المكان خاليًا., en: It is returned when the place is found "
         "cleared.}\n", "", "no-phrase"),
        ("    law: [{assumed: the order names no amount}]\n    from",
         "    law: [{assumed: none}]\n    returned: {ar: لا, en: No}\n    from", "misread"),
        ("law: [{of: kiosks}]", "  tents: {name: {ar: قانون الخيام, en: Tents Law}}\nlaw: [{of: kiosks}]",
         "idle-word"),
        (AGE, f"{AGE} known: birth-date,", "wrong-type"),
        (AGE, f"{AGE} known: height,", "unknown-value"),
        ("{id: distance, type: integer,", "{id: distance, type: integer, known: age,", "idle-word"),
    ],
)  # fmt: skip
def test_what_is_not_grounded_or_not_said_is_found(old: str, new: str, code: str) -> None:
    assert old in SOUND
    assert {problem.code for problem in problems_in_text(SOUND.replace(old, new, 1))} == {code}


def test_a_question_may_be_known_from_the_profile_and_a_document_given_with_the_ekey() -> None:
    text = SOUND.replace(AGE, f"{AGE} known: age,").replace(
        "{id: drawing,", "{id: drawing, given-with: ekey,", 1
    )
    assert problems_in_text(text) == ()
    definition = read(text).value
    assert definition.question("age").known_ == "age"
    assert definition.documents[0].given_with == "ekey"
