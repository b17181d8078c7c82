"""The accessibility statement counts each state of a page once, and names every fault."""

import json
from datetime import date

from tools.accessibility import as_page, statement


def line(page: str, *faults: str, language: str = "ar", width: int = 360) -> str:
    return json.dumps({"page": page, "language": language, "width": width, "faults": list(faults)})


def test_the_newest_examination_of_each_state_counts() -> None:
    lines = [
        line("/", "color-contrast: a"),
        line("/"),
        line("/", language="en"),
        line("/help", "label: b"),
        "",
    ]
    made = statement(lines, day=date(2026, 11, 30), engine="4.11.0")
    assert (made.states, made.pages, made.languages, made.faults) == (3, 2, ("ar", "en"), ("label: b",))
    page = as_page(made)
    assert "examined 3 states of 2 pages" in page
    assert "- `label: b`" in page


def test_without_faults_the_page_says_none() -> None:
    assert "None." in as_page(statement([line("/")], day=date(2026, 11, 30), engine="4.11.0"))
