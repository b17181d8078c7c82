"""What the map in the browser asks for: tiles of its ground, the facts of that ground, and exact shapes to snap to."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from rukhsa.applications.models import Application
from rukhsa.catalogue.questions.drawing import Drawing
from rukhsa.catalogue.whereabouts import authority_of_block
from rukhsa.errors import RukhsaError
from rukhsa.places import ground_file
from rukhsa.places.ground_file import GroundFacts, ground_in_place
from rukhsa.places.place_picture import picture_of
from rukhsa.places.spot import place_of, spot_at
from rukhsa.places.surroundings import Box, shapes_within
from rukhsa.values.writing import latin_digits
from rukhsa.web.access import PortalRequest, same_for_all, signed_in

TILE: Final = "application/vnd.mapbox-vector-tile"
_A_YEAR: Final = "public, max-age=31536000, immutable"  # a version never changes
_NO_VERSION: Final = "0" * 16


class UnreadableView(RukhsaError, ValueError):
    """A view of the map that is no box of degrees."""

    code = "view-unreadable"
    text = _("This part of the map cannot be read. Reload the page.")


@same_for_all
@require_safe
def tile(request: HttpRequest, version: str, z: int, x: int, y: int) -> HttpResponse:
    """A tile of a version of the ground; 204 where nothing is drawn, as browsers expect of maps."""
    try:
        found = ground_file.tile(version, z, x, y)
    except FileNotFoundError as absent:
        raise Http404 from absent
    if found is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": _A_YEAR})
    headers = {"Cache-Control": _A_YEAR, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(found, content_type=TILE, headers=headers | {"Content-Encoding": "gzip"})
    return HttpResponse(gzip.decompress(found), content_type=TILE, headers=headers)


@same_for_all
@require_safe
def facts(request: HttpRequest) -> HttpResponse:
    """What a page must know of the ground in place; an empty object where there is none."""
    return JsonResponse(source_of(ground_in_place()), headers={"Cache-Control": "no-cache"})


def source_of(ground: GroundFacts | None) -> dict[str, Any]:
    """The facts of a ground as a page has them, with the address of its tiles; empty for none."""
    if ground is None:
        return {}
    # Reversed with numbers, since braces would be written as %7B.
    address = reverse("web:ground-tile", args=[_NO_VERSION, 0, 0, 0])
    tiles = address.removesuffix(f"{_NO_VERSION}/0/0/0") + f"{ground.version}/{{z}}/{{x}}/{{y}}"
    told = asdict(ground)
    del told["made_of"]
    if ground.is_outline:
        told["attribution"] = gettext("Approximate outline, not a survey")
    return told | {"tiles": tiles}


@signed_in
@require_safe
def shapes(request: PortalRequest) -> HttpResponse:
    """The exact shapes within a view, as GeoJSON; `whole` is false where they were too many."""
    found = shapes_within(box_in(request.GET), on=timezone.localdate())
    body = {"type": "FeatureCollection", "whole": found.is_whole, "features": found.features}
    return JsonResponse(body, content_type="application/geo+json")


@signed_in
@require_safe
def at(request: PortalRequest) -> HttpResponse:
    """Which block, road, building and parcel lie at a point that was touched, as JSON."""
    try:
        latitude, longitude = (float(request.GET.get(name, "")) for name in ("lat", "lon"))
    except ValueError as error:
        raise UnreadableView from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise UnreadableView
    found = spot_at(longitude, latitude, on=timezone.localdate())
    told = asdict(found) | {"buildings": list(found.buildings), "zones": sorted(found.zones)}
    return JsonResponse(told | {"building": next(iter(found.buildings), "")})


@signed_in
@require_safe
def find(request: PortalRequest) -> HttpResponse:
    """Where an address that was typed lies, as exactly as it is known, as JSON; an empty object if nothing is."""
    block, road, building = (
        latin_digits(request.GET.get(name, "").strip())[:60].upper() for name in ("block", "road", "building")
    )
    if not re.fullmatch("[0-9]{1,6}", block):
        return JsonResponse({})
    today = timezone.localdate()
    found = place_of(int(block), road, building, on=today) or authority_of_block(int(block), on=today)
    return JsonResponse(asdict(found) if found else {})


@signed_in
@require_safe
@csp_override(
    {"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE]}
)  # its dark colours stand in the image
def picture(request: PortalRequest, pk: UUID, question: str) -> HttpResponse:
    """What an applicant drew, with what lies around it, as an image: for pages without scripts.

    Staff have the picture in the page of the application, whose opening is recorded.
    """
    application = Application.objects.of_applicant(request.actor).get(pk=pk)
    answer = application.answers.get(question)
    asked = application.definition.question(question) if answer else None
    if not isinstance(asked, Drawing):
        raise Http404
    language = get_language() or settings.LANGUAGE_CODE
    title = asked.ask.in_language(language)
    svg = picture_of(answer["geometry"], on=timezone.localdate(), language=language, title=title, use="file")
    return HttpResponse(svg, content_type="image/svg+xml")


def box_in(asked: Mapping[str, str]) -> Box:
    """The box that a query gives as west,south,east,north in degrees. Raises UnreadableView."""
    try:
        west, south, east, north = (float(edge) for edge in asked.get("bbox", "").split(","))
    except ValueError as error:
        raise UnreadableView from error
    # Written so that NaN, which compares false with every number, is refused.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UnreadableView
    return west, south, east, north
