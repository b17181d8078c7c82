"""The company that takes part is always named, is not the applicant's own, and its word is checked like any other."""

import pytest

from rukhsa.catalogue.compiler import problems_of
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.territory import read_territory
from tests.rooms.catalogue.broken import BAHRAIN, changed, read, text_of

SERVICE = "new-building-permit"
DESIGNER = "{id: designer, type: company, whose: another,"


def codes(text: str) -> set[str]:
    """The codes of what the compiler finds."""
    try:
        return {each.code for each in problems_of(read(text), read_territory(BAHRAIN))}
    except DefinitionRefused as refused:
        return {each.code for each in refused.problems}


def test_as_it_stands_it_is_sound() -> None:
    assert codes(text_of(SERVICE)) == set()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  company: designer", "  company: designr", "unknown-question"),
        ("  company: designer", "  company: mail", "wrong-type"),
        (DESIGNER, f"{DESIGNER} optional: yes,", "may-be-missing"),
        (DESIGNER, f"{DESIGNER} when: {{question: ownership, is: sole}},", "may-be-missing"),
        (DESIGNER, "{id: designer, type: company, known: company,", "idle-word"),
    ],
)
def test_a_company_that_may_be_missing_or_is_the_applicants_own_is_found(
    old: str, new: str, code: str
) -> None:
    assert codes(changed(SERVICE, old, new)) == {code}


def test_the_condition_of_those_who_agree_is_checked_like_any_other() -> None:
    agreed = "when: {question: ownership, is-not: sole}"
    assert codes(changed(SERVICE, agreed, "when: {question: owner, is-not: sole}")) == {"unknown-question"}
    assert codes(changed(SERVICE, agreed, "when: {question: ownership, is-not: soul}")) == {"unknown-answer"}
