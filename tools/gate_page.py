"""The page docs/formats/gate.md: which wears the longest documents of the services survive, as measured."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.territory import read_territory, service_files
from rukhsa.issuance.gate import longest
from rukhsa.issuance.gate.decoders import DECODERS
from rukhsa.issuance.gate.examine import Examination
from rukhsa.issuance.gate.wears import WEARS
from rukhsa.project.config import PROJECT

FILE: Final = PROJECT / "docs/formats/gate.md"
TERRITORIES: Final = PROJECT / "territories"

HEADING: Final = "## Which pass\n"  # what stands above it is written by hand
_MEASURED: Final = """\

Measured of the longest documents of {number} services ({names}), in each territory
those whose codes say least and most. The codes have {modules} modules a side; those of all other services lie between.
"{number} of {number}" means that the code of each was read, and as what it is.

| wear | strength | {decoders} | asked |
|---|---|{rule}|---|
"""


def measure() -> dict[str, Examination]:
    """The examination of the longest document of each of `measured_files`."""
    return {
        service: longest.prove(read_definition(file).value, file.parents[1])
        for service, file in measured_files().items()
    }


def measured_files() -> dict[str, Path]:
    """For each territory, the two services with the shortest and the longest code; all others lie between them."""
    found: dict[str, Path] = {}
    for folder in sorted(TERRITORIES.iterdir()):
        if files := sorted(service_files(folder), key=_length):
            found |= {files[0].stem: files[0], files[-1].stem: files[-1]}
    return found


def _length(file: Path) -> int:
    folder = file.parents[1]
    return len(longest.longest(read_definition(file).value, read_territory(folder), crest="").qr_text)


def page(measured: Mapping[str, Examination]) -> str:
    """The text of the page: unchanged down to the table, and the table as measured."""
    number = len(measured)
    sizes = [each.symbol.modules for each in measured.values()]
    head = _MEASURED.format(
        number=number,
        names=", ".join(measured),
        modules=f"{min(sizes)} to {max(sizes)}",
        decoders=" | ".join(DECODERS),
        rule="|".join("---" for _ in DECODERS),
    )
    by_hand = FILE.read_text().partition(HEADING)[0]
    return by_hand + HEADING + head + "\n".join(_lines(measured.values(), number)) + "\n"


def _lines(measured: Iterable[Examination], number: int) -> list[str]:
    read: Counter[tuple[str, str]] = Counter()
    for examination in measured:
        for outcome in examination.outcomes:
            read.update({(outcome.wear.id, name): passed for name, passed in outcome.read.items()})
    return [
        f"| {wear.name.en} (`{wear.id}`) | {wear.strength} | "
        + " | ".join(f"{read[wear.id, name]} of {number}" for name in DECODERS)
        + f" | {'must' if wear.must else 'shown only'} |"
        for wear in WEARS
    ]
