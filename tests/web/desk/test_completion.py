"""What the editor of a definition offers while one writes: words of the language, at their place, by the schema."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.web.public.test_modules import NODE

ROOT = Path(__file__).parents[3]
MODULE = ROOT / "src/rukhsa/web/static/desk/completion.js"
SCHEMA = ROOT / "territories/service.schema.json"
QUESTION = "sections:\n  - id: a\n    questions:\n"

# A text with the mark of the cursor; words that are offered there; words that are not.
PLACES = {
    "at the top": ("service: x\n|", {"sections", "charges"}, {"service", "questions", "ask"}),
    "the value of a word": ("service: x\nkind: |", {"licence"}, {"sections"}),
    "a list in brackets": ("applicants: [citizen, |]", {"resident"}, {"sections"}),
    "a bracket not closed": ("applicants: [|", {"resident"}, {"sections"}),
    "a list of lines": ("applicants:\n  - |", {"resident"}, {"sections"}),
    "the first word of an item": ("sections:\n  - |", {"id", "questions"}, {"ask", "sections"}),
    "the next word of an item": ("sections:\n  - id: a\n    |", {"questions"}, {"id", "ask"}),
    "a question's type": (QUESTION + "      - type: |", {"choice", "date"}, {"ask"}),
    "a question in braces": (QUESTION + "      - {id: q, |}", {"type", "ask"}, {"id", "sections"}),
    "words of a date alone": (
        QUESTION + "      - id: q\n        type: date\n        |",
        {"earliest"},
        {"options"},
    ),
    "words of a choice alone": (QUESTION + "      - {type: choice, |}", {"options"}, {"earliest"}),
    "after a deeper block": (
        QUESTION + "      - id: q\n        ask:\n          en: Q\n    |",
        {"title"},
        {"type"},
    ),
    "after a remark and an empty line": (
        "sections:\n  - id: a\n\n    # of the works: {\n    |",
        {"questions"},
        {"ask"},
    ),
    "back at the top": (QUESTION + "      - id: q\n        type: date\n|", {"charges"}, {"type", "title"}),
    "before what follows": ("sections:\n  - id: a\n    |\n    questions: []\n", {"title"}, {"ask"}),
    "a word begun on a line between two": ("kind: licence\na|\ncode: RW\n", {"authority"}, {"kind", "id"}),
    "a word begun below a line with quotes": ('kind: "licence"\na|\n', {"authority"}, {"kind", "id"}),
    "a word begun within an item": (QUESTION + "      - id: q\n        a|\n", {"ask"}, {"id"}),
    "a text in two languages": ("name:\n  |", {"ar", "en"}, {"sections"}),
    "braces of two languages": ("name: {ar: نص، بفاصلة, |}", {"en"}, {"ar", "sections"}),
}


@pytest.fixture(scope="module")
def offered() -> dict[str, set[str]]:
    """The words offered at each place, by one run of node."""
    command = [
        NODE,
        "--no-warnings",
        str(Path(__file__).with_name("completion.mjs")),
        str(MODULE),
        str(SCHEMA),
    ]
    texts = json.dumps([text for text, _, _ in PLACES.values()])
    done = subprocess.run(command, input=texts, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(zip(PLACES, (set(json.loads(line)) for line in done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("place", PLACES)
def test_the_words_of_a_place_are_offered_and_no_others(place: str, offered: dict[str, set[str]]) -> None:
    _, wanted, unwanted = PLACES[place]
    assert wanted <= offered[place], offered[place]
    assert not unwanted & offered[place]
