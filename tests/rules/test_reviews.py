"""What reviews found stands in a list, each line with the test that holds it, or open with a reason."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

from rukhsa.catalogue.definition import read_definition

PROJECT: Final = Path(__file__).parents[2]
PAGE: Final = PROJECT / "docs" / "reviews.md"
_NODE: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
# A form is an answer to a question of the office: who applies wants the thing, or does the act.
_OF_AN_OFFICE: Final = re.compile(
    r"^(?:issuing|issuance|inspection|renewal|removal|verification|amendment|form|request)\b"
    r"|^(?:licence|permit) to\b|request$",
    re.IGNORECASE,
)


def rows(text: str) -> list[tuple[str, str]]:
    """What was found, and what is said to hold it."""
    lines = [re.split(r" *\| *", line)[1:-1] for line in text.splitlines() if line.startswith("|")]
    return [(line[0], line[1]) for line in lines if line[0] not in ("Found", "---")]


@cache
def names_in(file: str) -> set[str]:
    """The names of the tests of a file; none where there is no such file."""
    path = PROJECT / file
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def faults(text: str) -> list[str]:
    """Lines without a test that are not open, and tests that do not exist."""
    found = []
    for line, held in rows(text):
        named = _NODE.findall(held)
        if not named and not re.match(r"Open[^:]*: .{20}", held):
            found.append(line)
        found += [f"{file}::{name}" for file, name in named if name not in names_in(file)]
    return found


def test_every_line_has_a_test_that_exists_or_is_open_and_says_why() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert faults(text) == []
    assert len(rows(text)) > 60


def test_a_line_without_a_test_and_a_test_that_is_not_there_are_found() -> None:
    here = "`tests/rules/test_reviews.py::test_of_nothing`"
    text = f"| Found | Held by |\n|---|---|\n| One | nothing |\n| Two | {here} |\n| Three | Open: {'why ' * 9} |\n"
    assert faults(text) == ["One", "tests/rules/test_reviews.py::test_of_nothing"]


def test_the_english_name_of_a_service_says_what_one_gets_or_does() -> None:
    files = sorted(PROJECT.glob("territories/*/services/*.yaml"))
    names = [read_definition(file).value.name.en for file in files]
    assert [name for name in names if _OF_AN_OFFICE.search(name)] == []
    for former in (
        "Corner sale request",
        "Renewal of an address plate",
        "Form to add, amend or delete an address",
    ):
        assert _OF_AN_OFFICE.search(former)
