"""What is asked, wanted and due, for given answers."""

from typing import Any

import pytest

from rukhsa.catalogue.conditions import AllOf, AnyOf, Comparison, Not, holds
from rukhsa.catalogue.definition import asked, effective_answers, is_due, wanted
from tests.rooms.catalogue.broken import read, text_of

ROAD_WORKS = read(text_of("road-works-licence")).value


def comparison(**said: Any) -> Comparison:
    return Comparison.model_validate({"question": "q", **said})


@pytest.mark.parametrize(
    ("said", "true", "false"),
    [
        ({"is": "yes"}, "yes", "no"),
        ({"is-not": "yes"}, "no", "yes"),
        ({"in": ["a", "b"]}, "b", "c"),
        ({"at-least": "3"}, 3, 2),
        ({"at-least": "3"}, "10", "2.99"),
        ({"at-most": "3"}, "3.000", 4),
        ({"at-least": "2020-09-15"}, "2020-09-15", "2020-09-14"),
        ({"at-least": "100"}, {"measure": "100.0"}, {"measure": "99.9"}),
        ({"answered": "yes"}, "x", None),
        ({"answered": "no"}, "", "x"),
    ],
)
def test_a_comparison_holds_or_not(said: dict[str, Any], true: Any, false: Any) -> None:
    assert holds(comparison(**said), {"q": true})
    assert not holds(comparison(**said), {"q": false})


@pytest.mark.parametrize(
    "said", [{"is": "a"}, {"is-not": "a"}, {"in": ["a"]}, {"at-least": "1"}, {"at-most": "1"}]
)
def test_without_an_answer_nothing_holds(said: dict[str, Any]) -> None:
    assert not holds(comparison(**said), {})


def test_conditions_are_joined() -> None:
    yes, no = comparison(**{"is": "yes"}), comparison(**{"is": "no"})
    answers = {"q": "yes"}
    assert holds(AnyOf(any=(yes, no)), answers)
    assert not holds(AllOf(all=(yes, no)), answers)
    assert holds(Not.model_validate({"not": {"question": "q", "is": "no"}}), answers)
    assert holds(None, {})


def test_a_question_is_asked_when_its_condition_holds() -> None:
    ids = [question.id for question in asked(ROAD_WORKS, {"closes-lane": "yes"})]
    assert "lanes" in ids
    assert "lanes" not in [question.id for question in asked(ROAD_WORKS, {"closes-lane": "no"})]


def test_a_hidden_answer_is_not_heard() -> None:
    assert effective_answers(ROAD_WORKS, {"closes-lane": "no", "lanes": 2}) == {"closes-lane": "no"}


def test_documents_are_wanted_by_the_answers() -> None:
    def ids(**answers: str) -> set[str]:
        named = {name.replace("_", "-"): answer for name, answer in answers.items()}
        return {document.id for document in wanted(ROAD_WORKS, named)}

    assert {"traffic-plan", "ministry-letter"} & ids(closes_lane="no", on_behalf="no") == set()
    assert {"traffic-plan", "ministry-letter"} <= ids(closes_lane="yes", on_behalf="yes")


def test_referrals_run_side_by_side_and_only_where_due() -> None:
    def due(**answers: str) -> list[int]:
        given = effective_answers(
            ROAD_WORKS, {name.replace("_", "-"): answer for name, answer in answers.items()}
        )
        return [sum(is_due(step, given) for step in stretch) for stretch in ROAD_WORKS.stretches]

    assert due(closes_lane="no") == [1, 2, 1]
    assert due(closes_lane="yes") == [1, 3, 1]
