"""The page about the language: each word has an example there, and each example is what the language understands."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from rukhsa.catalogue.compiler import problems_of
from rukhsa.catalogue.definition import Definition, read_definition_text
from rukhsa.catalogue.shape import Shape, Written, kebab
from rukhsa.catalogue.slots import SlotList
from rukhsa.catalogue.source import loads
from rukhsa.catalogue.territory import read_territory
from tests.rooms.catalogue.broken import BAHRAIN

PAGE = (Path(__file__).parents[3] / "docs/formats/service.md").read_text(encoding="utf-8")
BY_HAND, _, WHOLE = PAGE.partition("\n## A whole file\n")


def examples() -> Iterator[str]:
    """What stands between back quotes in the last column of a table, and what is indented."""
    for row in re.findall(r"^\| .*\|$", BY_HAND, re.MULTILINE):
        yield from re.findall(r"`([^`]+)`", re.split(r" *\| *", row)[3])
    yield from re.findall(r"(?:^    .+\n?)+", BY_HAND, re.MULTILINE)


def meaning(example: str) -> Any:
    return loads(example.replace("{…}", "{ar: نص, en: text}"), file="page").data


@cache
def adapters() -> dict[str, list[TypeAdapter[Any]]]:
    """What each word may say, in every shape that has it."""
    found: dict[str, list[TypeAdapter[Any]]] = {}
    for shape in shapes_of(Definition, SlotList):
        for name, field in shape.model_fields.items():
            kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            found.setdefault(kebab(name), []).append(TypeAdapter(kind))
    return found


def shapes_of(*roots: type[Shape]) -> list[type[Shape]]:
    known = {name for root in roots for name in (root.__name__, *root.model_json_schema()["$defs"])}

    def below(shape: type[Shape]) -> Iterator[type[Shape]]:
        for each in shape.__subclasses__():
            yield each
            yield from below(each)

    # A phrase such as "3 working days" is one word, whatever is kept of it.
    return [each for each in below(Shape) if each.__name__ in known and not issubclass(each, Written)]


def understood(word: str, value: Any) -> bool:
    def takes(adapter: TypeAdapter[Any]) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return any(takes(adapter) for adapter in adapters().get(word, []))


def said(value: Any) -> Iterator[tuple[str, Any]]:
    """Every word of an example with what it says; the ids and languages that name things are no words."""
    if isinstance(value, dict):
        for word, inner in value.items():
            if word in adapters():
                yield word, inner
                yield from said(inner)
    elif isinstance(value, list):
        for each in value:
            yield from said(each)


def strange(example: str) -> list[str]:
    """The words of an example that the language does not understand so."""
    data = meaning(example)
    outer = data if isinstance(data, list) else [data]
    unknown = [str(each) for each in outer if not isinstance(each, dict)]
    unknown += [word for each in outer if isinstance(each, dict) for word in each if word not in adapters()]
    return unknown + [word for word, value in said(data) if not understood(word, value)]


def test_the_language_understands_each_example() -> None:
    assert {example: words for example in examples() if (words := strange(example))} == {}


def test_every_word_has_an_example() -> None:
    shown = {word for example in (*examples(), whole()) for word, _ in said(meaning(example))}
    assert adapters().keys() - shown == set()


def whole() -> str:
    return re.sub(r"^    ", "", WHOLE, flags=re.MULTILINE)


def test_the_whole_file_compiles() -> None:
    reading = read_definition_text(whole(), file="kiosk-permit.yaml")
    assert problems_of(reading, read_territory(BAHRAIN)) == ()


def test_an_example_that_is_wrong_is_found() -> None:
    assert strange("decimals: many") == ["decimals"]
    assert strange("atmost: 3") == ["atmost"]
    assert strange("conditions: [{text: {…}, if: {…}}]") == ["conditions"]
