"""What a territory says to people: every text of its files, with its place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.reading import shaped
from rukhsa.catalogue.reason_rule import Reasons
from rukhsa.catalogue.shape import Shape
from rukhsa.catalogue.slots import SlotList
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import definition_files, read_policies, read_territory
from rukhsa.catalogue.violation_rule import Violations
from rukhsa.personal.retention_rule import Retention
from rukhsa.values.names import Text


def shapes_of(folder: Path) -> dict[str, Shape]:
    """Every file of a territory that has texts, by its name: services, papers, reasons, rules, names."""
    return {
        "territory": read_territory(folder),
        "policies": read_policies(folder),
        **{
            path.stem: shaped(load(path), kind).value
            for name, kind in (("reasons", Reasons), ("violations", Violations), ("retention", Retention))
            if (path := folder / f"{name}.yaml").exists()
        },
        **{path.stem: shaped(load(path), SlotList).value for path in sorted(folder.glob("slots/*.yaml"))},
        **{file.stem: read_definition(file).value for file in definition_files(folder)},
    }


def texts_of(folder: Path) -> Iterator[tuple[str, Text]]:
    """Each text of a territory, with its file and place."""
    for name, shape in shapes_of(folder).items():
        for place, text in spoken_in(shape.model_dump(mode="json")):
            yield f"{name}{place}", text


def spoken_in(told: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every text in what was read, with its place."""
    if isinstance(told, dict) and told.keys() == {"ar", "en"} and isinstance(told["en"], str):
        yield path, Text(ar=told["ar"] or "", en=told["en"])
        return
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, each in inner:
        yield from spoken_in(each, f"{path}.{name}")
