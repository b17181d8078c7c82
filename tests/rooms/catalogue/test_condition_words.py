"""Conditions in words that people understand who have not seen the questions."""

import pytest

from rukhsa.catalogue.condition_words import condition_in_words
from rukhsa.catalogue.conditions import AllOf
from rukhsa.catalogue.reading import read_definition
from rukhsa.catalogue.territory import service_files
from tests.rooms.catalogue.broken import BAHRAIN

SERVICES = {file.stem: read_definition(file).value for file in service_files(BAHRAIN)}
WORKS = SERVICES["road-works-licence"]


def words(condition: object) -> tuple[str, str]:
    wrapped = AllOf.model_validate({"all": [condition]})
    said = condition_in_words(wrapped.all[0], WORKS)
    return said.ar, said.en


def test_a_comparison_is_said_by_the_question_and_the_answer() -> None:
    assert words({"question": "closes-lane", "is": "yes"}) == (
        "«هل ستُغلق حارة أو أكثر؟»: نعم",
        "“Will a lane or more be closed?”: Yes",
    )
    assert words({"question": "route", "at-most": "50"})[1] == "“Draw the route of the works”: 50 m or less"
    assert words({"question": "kind", "in": ["paving", "repair"]})[1].endswith(
        "Paving or resurfacing or Repair"
    )


def test_conditions_are_joined_and_turned_around() -> None:
    lane, few = {"question": "closes-lane", "is": "yes"}, {"question": "days", "at-least": "3"}
    assert words({"all": [lane, few]})[1] == (
        "“Will a lane or more be closed?”: Yes and “How many days do they take?”: 3 or more"
    )
    assert words({"any": [{"all": [lane, few]}, {"not": lane}]})[0].startswith("(«هل")


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_condition_of_a_tariff_or_a_document_has_words_in_both_languages(service: str) -> None:
    definition = SERVICES[service]
    rows = [row.when for rule in definition.charges for row in rule.rows]
    for condition in (*rows, *(document.when for document in definition.documents)):
        if condition:
            said = condition_in_words(condition, definition)
            assert said.ar
            assert said.en
