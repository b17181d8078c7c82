"""The ground of the map that the house makes by itself, of what it knows, where an operator gave none."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rukhsa.catalogue.boundaries import BOUNDARIES, read_boundaries
from rukhsa.catalogue.territory import Territory, territory, territory_folder
from rukhsa.places.ground_file import GroundFacts, ground_in_place, place
from rukhsa.places.ground_making import Land, NothingToDraw, make_ground
from rukhsa.places.parcel import ParcelList
from rukhsa.places.survey import in_force

MANNER: Final = 1  # one more where the same data is to be drawn in another way


def keep_ground(*, on: date, at: datetime) -> GroundFacts | None:
    """Make the ground of a day and put it in place, where there is none or our own is of other data.

    A ground that an operator put in place stays. None where nothing was made: there is nothing to draw, or what is in
    place is right.
    """
    now, known = ground_in_place(), known_on(on)
    if now and now.made_of in ("", known):
        return None
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ground.pmtiles"
        try:
            make_own_ground(file, on=on)
        except NothingToDraw:
            return None
        return place(file, attribution=", ".join(sources_on(on)), link="", at=at, made_of=known)


def make_own_ground(file: Path, *, on: date) -> dict[str, int]:
    """Write the ground of a day, and how many things each layer has. Raises NothingToDraw."""
    ours = territory()
    return make_ground(
        file,
        on=on,
        name=f"Ground of {ours.name.en}",
        zones={id: rule.name for id, rule in ours.zones.items()},
        land=list(land_of(ours, on)),
    )


def land_of(ours: Territory, on: date) -> Iterator[Land]:
    """The land of each authority whose boundary is known, with its name on a day."""
    for code, boundary in read_boundaries(territory_folder(), ours).items():
        rule = next(each for each in ours.authorities if each.code == code)
        yield boundary.core, rule.name(on=on)


def known_on(day: date) -> str:
    """A digest of all that the ground of a day is made of, read without making it: SHA-256 in hex."""
    ours, boundaries = territory(), territory_folder() / BOUNDARIES
    surveys = in_force(day).values_list("kind", "part", "digest", "effective_from")
    parcels = ParcelList.objects.filter(effective_from__lte=day).order_by("number")
    told = [
        MANNER,
        ours.name.en,
        {id: asdict(rule.name) for id, rule in sorted(ours.zones.items())},
        [[each.code, asdict(each.name(on=day))] for each in ours.authorities],
        hashlib.sha256(boundaries.read_bytes()).hexdigest() if boundaries.exists() else "",
        [[*survey[:3], survey[3].isoformat()] for survey in surveys],
        [[digest, since.isoformat()] for digest, since in parcels.values_list("digest", "effective_from")],
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def sources_on(day: date) -> list[str]:
    """Who surveyed what the ground of a day shows; none where it has the boundaries of the authorities alone."""
    parcels = ParcelList.objects.filter(effective_from__lte=day)
    return sorted({each.source for rows in (in_force(day), parcels) for each in rows})
