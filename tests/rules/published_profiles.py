"""The profiles that were published: seals are read by their fields for decades, so a list of them is kept."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rukhsa.catalogue.definition import Definition, read_definition_text
from rukhsa.catalogue.territory import definition_files, read_territory
from rukhsa.trust.profiles import to_json

TERRITORIES = Path(__file__).parents[2] / "territories"
KEPT = Path(__file__).with_suffix(".json")
WRITE = ".venv/bin/python -m tests.rules.published_profiles"
REMEDY = (
    "Where it was published, `rukhsa setup` would refuse the upgrade. Put it back as it was; or give the "
    f"definition a new profile-code and run {WRITE}. A new fact goes to the end of the list."
)

type Listed = Mapping[str, Mapping[str, Any]]
"""Profiles as they stand in the trust list, by the code of the profile."""


def kept() -> Mapping[str, Listed]:
    """The list, by territory."""
    listed: dict[str, dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return listed


def defined() -> Mapping[str, Listed]:
    """The profiles of every definition as it is now, by territory."""
    return {
        file.parent.name: listed(_definitions(file.parent), read_territory(file.parent).currency)
        for file in sorted(TERRITORIES.glob("*/territory.yaml"))
    }


def listed(definitions: Iterable[Definition], currency: str) -> Listed:
    """The profiles of these definitions."""
    return {str(each.profile_code): to_json(each.profile(currency)) for each in definitions}


def changes(before: Listed, now: Listed) -> Iterator[str]:
    """What would make issued seals unreadable: a field that was changed or moved, a code used for something else."""
    for code, profile in now.items():
        old = before.get(code, profile)
        where, fields = f"{profile['service']}, profile {code}", profile["fields"]
        moved = [
            was for was, field in zip_longest(old["fields"], fields[: len(old["fields"])]) if was != field
        ]
        if old["service"] != profile["service"]:
            yield f"{where}: the code is that of {old['service']}. {REMEDY}"
        elif moved:
            yield f"{where}: this field was changed, moved or left out: {_line(moved[0])}. {REMEDY}"


def unlisted(before: Listed, now: Listed) -> Iterator[str]:
    """Profiles and fields that came, and are to be written into the list."""
    for code, profile in now.items():
        if len(profile["fields"]) > len(before.get(code, {"fields": ()})["fields"]):
            yield f"{profile['service']}, profile {code}: not all of it is in the list. Run {WRITE}"


def write() -> None:
    """Add what came to the list. Ends with the changes, and writes nothing, where there are any."""
    before, now = kept() if KEPT.exists() else {}, defined()
    found = [line for name in now for line in changes(before.get(name, {}), now[name])]
    if found:
        raise SystemExit("\n".join(found))
    KEPT.write_text(_text({name: {**before.get(name, {}), **now[name]} for name in now}), encoding="utf-8")


def _definitions(folder: Path) -> Iterator[Definition]:
    for file in definition_files(folder):
        yield read_definition_text(file.read_text(encoding="utf-8"), file=file.name).value


def _text(profiles: Mapping[str, Listed]) -> str:
    """As JSON with a line for each field, so that a change is read line by line."""
    territories = (f"{_line(name)}: {{\n{_profiles(each)}\n}}" for name, each in sorted(profiles.items()))
    return "{\n" + ",\n".join(territories) + "\n}\n"


def _profiles(listed: Listed) -> str:
    return ",\n".join(
        f'{_line(code)}: {{"service": {_line(profile["service"])}, "fields": [\n'
        + ",\n".join(f" {_line(field)}" for field in profile["fields"])
        + "\n]}"
        for code, profile in sorted(listed.items(), key=lambda each: int(each[0]))
    )


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    write()
