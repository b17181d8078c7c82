"""The pages about the formats name every word that may be written."""

import json
import re
from pathlib import Path

import pytest

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.policies import Policies
from rukhsa.catalogue.shape import Shape
from rukhsa.catalogue.territory import Territory

FORMATS = Path(__file__).parents[3] / "docs" / "formats"


@pytest.mark.parametrize(
    ("page", "shapes"), [("service.md", (Definition,)), ("territory.md", (Territory, Policies))]
)
def test_every_word_is_on_the_page(page: str, shapes: tuple[type[Shape], ...]) -> None:
    text = (FORMATS / page).read_text(encoding="utf-8")
    written = set(re.findall(r"[a-z][a-z0-9-]*", text))
    words: set[str] = set()
    for shape in shapes:
        schema = shape.model_json_schema()
        for part in (schema, *schema["$defs"].values()):
            words |= part.get("properties", {}).keys()
    assert words <= written, json.dumps(sorted(words - written))
