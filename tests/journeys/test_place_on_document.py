"""The place that was drawn, on a small map of its document: kept before the seal, and no part of it."""

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.utils import timezone

from rukhsa.catalogue.survey_list import import_survey
from rukhsa.catalogue.survey_row import Reading
from rukhsa.issuance import amendment, cycle, time_stamp
from rukhsa.issuance.compose import compose
from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.intent import page_of, seal_of
from rukhsa.issuance.log import place_of
from rukhsa.issuance.printed_page import Page
from rukhsa.issuance.readback import read_back
from rukhsa.places.block import blocks_on
from rukhsa.places.survey import Kind
from tests.town import Town

WEST, NORTH = 50.5755, 26.2235


def survey(town: Town, folder: Path, *names: str) -> None:
    """Roads of these names, beside the route that the people of the tests draw."""
    roads = [
        {
            "type": "Feature",
            "properties": {"number": str(1700 + row), "block": 317, "name_ar": name},
            "geometry": {
                "type": "LineString",
                "coordinates": [
                    [WEST, NORTH + 0.0003 + row * 0.0001],
                    [WEST + 0.001, NORTH + 0.0003 + row * 0.0001],
                ],
            },
        }
        for row, name in enumerate(names, 1)
    ]
    file = folder / "roads.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": roads}), encoding="utf-8")
    day = timezone.localdate(town.at) - timedelta(days=1)
    reading = Reading(kind=Kind.ROAD, blocks=blocks_on(day))
    assert import_survey(file, reading, effective_from=day, source="made up", at=town.at).counts["taken"]


def page(instrument: Instrument) -> Page:
    intent = instrument.intent
    place = place_of(intent, "seal")
    assert place is not None
    return page_of(intent, seal_bytes=seal_of(intent.sealing, log_index=place.index), proof="a proof")


def said(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))


def test_the_place_is_printed_with_the_roads_of_the_day_and_read_aloud_by_its_size(
    town: Town, tmp_path: Path
) -> None:
    survey(town, tmp_path, "شارع النخيل")
    licence = town.issue("road-works-licence")
    pdf = time_stamp.handed_out(licence)
    assert "The place as drawn" in said(pdf)
    assert "النخيل" in licence.intent.printed["place"]["svg"]
    size = licence.intent.printed["place"]["size"]
    assert size["en"].endswith(" m")
    told = f"المكان كما رُسم في الطلب، للاطّلاع: {size['ar']}"
    assert told.encode("utf-16-be").hex().encode() in pdf.lower() or told.encode("utf-16-be") in pdf
    verdict = cycle.verdict_on(pdf, qr_text=page(licence).qr_text, at=town.at)
    assert verdict.word == "not-yet-valid"
    # Another survey changes no page that was issued.
    before = page(licence)
    survey(town, tmp_path, "شارع البحر")
    assert page(Instrument.objects.get(pk=licence.pk)) == before


def test_the_seal_says_the_same_with_the_map_and_without(town: Town) -> None:
    licence = town.issue("road-works-licence")
    kept = licence.intent
    sealed = seal_of(kept.sealing, log_index=None)
    kept.printed = {name: each for name, each in kept.printed.items() if name != "place"}
    assert seal_of(kept.sealing, log_index=None) == sealed
    assert page(licence).place is None


def test_a_document_of_a_service_that_shows_no_place_has_none(town: Town) -> None:
    assert "place" not in town.issue("proof-of-residence").intent.printed


def test_a_name_that_the_font_cannot_write_is_left_out_and_holds_up_no_document(
    town: Town, tmp_path: Path
) -> None:
    survey(town, tmp_path, "شارع النخيل", "長安街")
    drawn = town.issue("road-works-licence").intent.printed["place"]["svg"]
    assert "النخيل" in drawn
    assert "長安街" not in drawn


def test_a_correction_that_changes_the_surroundings_alone_says_nothing_else(
    town: Town, tmp_path: Path
) -> None:
    licence = town.issue("road-works-licence")
    application = licence.intent.application
    assert application is not None
    survey(town, tmp_path, "شارع النخيل")
    same = amendment.amended(licence, application, application.answers, {}, at=town.at)
    assert not same.says_otherwise
    route = application.answers["route"]
    points = [[x, y + 0.0001] for x, y in route["geometry"]["coordinates"]]
    moved = {"geometry": route["geometry"] | {"coordinates": points}, "measure": route["measure"]}
    other = amendment.amended(licence, application, application.answers | {"route": moved}, {}, at=town.at)
    assert other.says_otherwise


def test_what_the_map_shows_may_be_square_and_larger_than_the_code(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    licence = town.issue("road-works-licence")
    usual = page(licence)
    assert usual.place is not None
    square = usual.place.svg.replace(
        "</svg>", '<path d="M20 10h239v239h-239z" fill="#ddcfb8"/></svg>'
    ).replace('viewBox="0 0 420 260"', 'viewBox="0 0 280 260"')
    changed = dataclasses.replace(usual, place=dataclasses.replace(usual.place, svg=square))
    read_back(compose(changed), changed)
    # Negative control: with any square taken for white, the largest is drawn, and no code is in it.
    monkeypatch.setattr("rukhsa.issuance.readback.WHITE", 0)
    with pytest.raises(ReleaseRefused):
        read_back(compose(changed), changed)
