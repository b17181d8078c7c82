"""What an application on a walk needs beside answers: parcels in the register, and files to attach."""

import io
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

import pikepdf
from django.core.files.base import ContentFile
from PIL import Image

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.form import Document
from rukhsa.catalogue.questions.drawing import square
from rukhsa.catalogue.questions.parcel import ParcelQuestion
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.territory import territory
from rukhsa.difference.turnings import ANSWERED
from rukhsa.places.geometry import surveyed
from rukhsa.places.models import ParcelEntry, ParcelList

SIDE: Final = 150.0  # metres: more than any drawing of a walk


def survey(definition: Definition, chosen: Mapping[str, Any], setting: Setting, *, at: Any) -> None:
    """Enter the parcels that an application will name, with the areas that its path needs."""
    if not territory().parcels:
        return
    for question in (*definition.questions, *definition.recorded):
        if isinstance(question, ParcelQuestion):
            _enter(question.plausible(None, setting, {}), chosen.get(question.id), setting, at)


def _enter(number: str, chosen: Any, setting: Setting, at: Any) -> None:
    measure = None if chosen in (None, ANSWERED) else Decimal(str(chosen))
    corners = square(setting, SIDE if measure is None else float(measure) ** 0.5)
    ground = surveyed({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
    west, south, east, north = ground.outline.bounds
    made = ParcelList.objects.create(
        number=ParcelList.objects.count() + 1,
        effective_from=setting.on,
        source="made up for a walk",
        digest=number,
        at=at,
    )
    ParcelEntry.objects.create(
        list=made,
        number=number,
        block_id=setting.block,
        geometry=ground.geometry,
        measure=measure or ground.measure,
        west=west,
        south=south,
        east=east,
        north=north,
    )


def file_for(document: Document) -> "ContentFile[bytes]":
    """A file of a kind that the document accepts."""
    if "pdf" in document.accept:
        return ContentFile(_page(), name="document.pdf")
    return ContentFile(_picture(), name="picture.png")


@cache
def _page() -> bytes:
    with pikepdf.new() as document, io.BytesIO() as out:
        document.add_blank_page(page_size=(595, 842))
        document.save(out)
        return out.getvalue()


@cache
def _picture() -> bytes:
    with io.BytesIO() as out:
        Image.new("RGB", (64, 48), "#dfe7ec").save(out, "PNG")
        return out.getvalue()
