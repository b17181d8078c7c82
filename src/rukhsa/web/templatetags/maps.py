"""What a page with a map tells its scripts: where their files are, the ground, and the words in the page's language."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rukhsa.applications.models import Application
from rukhsa.catalogue.boundaries import box_of_territory, middle_of_territory
from rukhsa.catalogue.questions.drawing import Drawing
from rukhsa.places.ground_file import ground_in_place
from rukhsa.places.place_picture import picture_of
from rukhsa.web.drawn import DrawnFigures, figures_of
from rukhsa.web.fields import Field
from rukhsa.web.map_data import source_of

register = template.Library()
_HAS_MAP: Final = "has_map"


@register.inclusion_tag("web/map_files.html", takes_context=True)
def map_files(context: Context) -> dict[str, Any]:
    """The style sheet, the script and the setting of all maps of a page, where it has one; once a page."""
    request = context.get("request")
    is_first = not getattr(request, _HAS_MAP, False)
    if request is not None:
        setattr(request, _HAS_MAP, True)
    return {"setting": map_setting() if is_first else ""}


@register.simple_tag
def map_picture(geometry: Mapping[str, Any], title: str) -> SafeString:
    """The picture of what was drawn with what lies around it today, as a part of the page."""
    drawn = picture_of(geometry, on=timezone.localdate(), language=get_language() or "ar", title=title)
    return mark_safe(drawn)  # noqa: S308 - places.place_picture escapes every text that it writes


@register.filter
def as_json(value: Any) -> str:
    """A value as JSON, for an attribute that a script reads."""
    return json.dumps(value, separators=(",", ":"))


def map_setting() -> SafeString:
    """The setting of all maps of a page, as JSON that a script reads."""
    setting: dict[str, Any] = {
        "pages": {page: static(f"web/map/{page}.js") for page in ("drawing", "view", "pick")},
        "sheet": static("vendor/maplibre/maplibre-gl.css"),
        "maplibre": static("vendor/maplibre/maplibre-gl.mjs"),
        "ground": source_of(ground_in_place()) or None,
        **{name: reverse(f"web:ground-{name}") for name in ("shapes", "at", "find")},
        "centre": middle_of_territory(),
        "territory": box_of_territory(),
        "words": words(),
    }
    return json_script(setting, "map-setting")


@register.simple_tag
def drawn_figures(application: Application | str, question: Drawing) -> DrawnFigures | None:
    """The size of what was drawn and what it costs, by the server; None before it is drawn.

    A page that shows a question without an application has an empty text in its place.
    """
    return figures_of(application, question) if isinstance(application, Application) else None


@register.simple_tag
def needs_own_map(fields: Iterable[Field]) -> bool:
    """Whether an address is found on a map of its own: the map knows addresses, and no drawing beside it has a map."""
    ground = ground_in_place()
    return (
        ground is not None and not ground.is_outline and not any(field.question.is_drawn for field in fields)
    )


@register.simple_tag
def answered_address(application: Application | str) -> str:
    """The query that finds the place of an application by its answers; empty where it has none, or on the same page."""
    if not isinstance(application, Application):
        return ""
    address = application.answers.get(application.definition.authority.block_of or "") or {}
    return urlencode({part: address[part] for part in ("block", "road", "building") if part in address})


def words() -> dict[str, Any]:
    """What the map says; {number} and {size} are filled in by the script."""
    return {
        "opening": _("Opening the map…"),
        "opened": _("The map is open."),
        "notOpened": _("The map could not be opened. Press again, or write the points below."),
        "corner": _("Point {number}. The arrow keys move it, Delete removes it."),
        "line": _("{size} m"),
        "area": _("{size} m²"),
        "outside": _("This lies {distance} km outside the territory. Correct the drawing or the points."),
        "exchanged": _(
            "This is {distance} km outside the territory: latitude and longitude are swapped. "
            "Enter the latitude first."
        ),
        "added": _("Point {number} added."),
        "removed": _("Point removed. Points left: {number}."),
        "moved": _("Point moved."),
        "undone": _("Last step undone. Points: {number}."),
        "cleared": _("All points removed."),
        "ended": _("The drawing is finished. Drag a point to change it."),
        "full": _(
            "The drawing is finished. Drag a point to change it, or use the button that adds a point to go on."
        ),
        **_words_of_places(),
        "map": {
            "Map.Title": _("Map"),
            "AttributionControl.ToggleAttribution": _("Show or hide the source of the map"),
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "ScaleControl.Meters": _("m"),
            "ScaleControl.Kilometers": _("km"),
            "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and scroll to zoom the map"),
            "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom the map"),
            "CooperativeGesturesHandler.MobileHelpText": _("Move the map with two fingers"),
        },
    }


def _words_of_places() -> dict[str, Any]:
    return {
        "block": _("Block"),
        "road": _("Road"),
        "building": _("Building"),
        "parcel": _("Parcel"),
        "place": _("The place"),
        "comma": _(", "),
        "filledIn": _("Filled in from the map:"),
        "differs": _("This point lies in block {here}, the address says block {typed}. Correct one of them."),
        "notFound": _("The map does not know this address. Look for the place on the map."),
        "nothingHere": _("The map knows no address here. Write the address."),
        "ownPosition": _("The map shows your location."),
        "positionRefused": _(
            "Your browser does not give your location. Allow it in the settings of the browser, or write the address."
        ),
        "noPosition": _(
            "Your location could not be found. Write the address, or look for the place on the map."
        ),
    }
