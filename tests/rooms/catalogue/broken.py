"""Definitions that are right, and the same with one thing changed."""

from pathlib import Path

from rukhsa.catalogue.compiler import problems_of
from rukhsa.catalogue.definition import Definition, read_definition_text
from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.territory import read_territory

TERRITORIES = Path(__file__).parents[3] / "territories"
BAHRAIN = TERRITORIES / "bahrain"
SPEARFISH = TERRITORIES / "spearfish"


def text_of(service: str) -> str:
    """The definition of one of Bahrain's services, as it stands in its file."""
    return (BAHRAIN / "services" / f"{service}.yaml").read_text(encoding="utf-8")


def changed(service: str, old: str, new: str) -> str:
    """The same text with the first `old` replaced, which must be there."""
    text = text_of(service)
    assert old in text
    return text.replace(old, new, 1)


def read(text: str) -> Reading[Definition]:
    """What the text defines."""
    return read_definition_text(text, file="service.yaml")


def problems_in_text(text: str) -> tuple[DefinitionProblem, ...]:
    """What is wrong with a text in Bahrain: its form, or else its meaning."""
    try:
        return problems_of(read(text), read_territory(BAHRAIN))
    except DefinitionRefused as refused:
        return refused.problems


def line_of(text: str, words: str) -> int:
    """The number of the line in which the words stand first."""
    return text[: text.index(words)].count("\n") + 1
