"""Lists of places that are allotted one by one, such as camping sites, each with its capacity."""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from rukhsa.catalogue.reading import require_once, shaped
from rukhsa.catalogue.shape import Id, Misread, Shape
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import territory_folder
from rukhsa.values.names import Text

LONGEST_SLOT, LONGEST_ID = 60, 24  # characters of a place's name and id; one of both is sealed


class Slot(Shape):
    """One place with its capacity: how many may hold it at the same time."""

    id: Id
    name: Text
    capacity: int = Field(1, ge=1, le=10_000)
    source: str | None = None

    @model_validator(mode="after")
    def _short(self) -> Self:
        if len(self.id) > LONGEST_ID:
            raise Misread(
                en=f"a place's id has at most {LONGEST_ID} characters.",
                ar=f"معرّف المكان لا يزيد على {LONGEST_ID} حرفًا.",
            )
        if max(len(self.name.ar), len(self.name.en)) > LONGEST_SLOT:
            raise Misread(
                en=f"a place's name has at most {LONGEST_SLOT} characters.",
                ar=f"اسم المكان لا يزيد على {LONGEST_SLOT} حرفًا.",
            )
        return self


class SlotList(Shape):
    """A list of places, in `slots/<name>.yaml` of the territory's folder."""

    slots: Id
    name: Text
    source: str
    places: tuple[Slot, ...] = Field(min_length=1, max_length=2000)

    def place(self, id: str) -> Slot | None:
        """The place of that id, if it is on the list."""
        return next((place for place in self.places if place.id == id), None)


def read_slots(folder: Path) -> dict[str, SlotList]:
    """The lists of a territory by their names; DefinitionRefused for one that is wrong."""
    lists = {}
    for file in sorted((folder / "slots").glob("*.yaml")):
        reading = shaped(load(file), SlotList)
        require_once(reading, "places", "id")
        lists[reading.value.slots] = reading.value
    return lists


def slot_list(of: str) -> SlotList:
    """The list of this deployment's territory. Raises Misread if there is none of that name."""
    lists = _lists_of(territory_folder())
    if of not in lists:
        raise Misread(en=f'there is no list of places "{of}".', ar=f'لا توجد قائمة أماكن باسم "{of}".')
    return lists[of]


_lists_of = cache(read_slots)
