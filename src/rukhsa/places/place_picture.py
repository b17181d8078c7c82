"""A small picture of a place, drawn by the server as SVG: for pages without scripts, the desk and documents."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from itertools import pairwise
from math import cos, radians
from typing import Any, Final, Literal

from rukhsa.late import shapely, shapes
from rukhsa.places.ground_file import ground_in_place
from rukhsa.places.parcel import near, parcels_on
from rukhsa.places.survey import Found, Kind, features_within
from rukhsa.values.names import Text

WIDE, HIGH = 960, 640  # units of the picture
SMALL: Final = (420, 260)  # of a picture on a document: its letters are as large as those around it
LARGEST: Final = 15_000  # bytes
LEAST: Final = 45.0  # metres from the middle to the side, however small the place is
MOST: Final = 300  # things around that are looked at
_METRES: Final = 111_320.0  # in a degree of latitude
_STEPS: Final = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_LETTER: Final = 11  # units that a letter of a label is wide, about
FONTS: Final = "'IBM Plex Sans Arabic', 'Noto Sans Arabic', sans-serif"
FONT_OF_DOCUMENTS: Final = "Amiri"

# As theme.css has them, light and dark; a test holds the two against each other.
COLOURS: Final = {
    "map-land": ("#f5f2ec", "#1a232a"),
    "map-road": ("#fff", "#34434e"),
    "map-road-edge": ("#cfc6b6", "#0f171d"),
    "map-parcel": ("#ece5d9", "#222d35"),
    "map-building": ("#ddcfb8", "#33404a"),
    "map-line": ("#a8967a", "#52626d"),
    "map-label": ("#4a4033", "#dbe4ea"),
    "map-halo": ("#fff", "#0c1a24"),
    "map-drawn": ("#a31621", "#ff8f8f"),
}
_WORDS: Final = {
    "m": Text(ar="م", en="m"),
    "km": Text(ar="كم", en="km"),
    "north": Text(ar="ش", en="N"),
    "road": Text(ar="طريق", en="Road"),
    "picture": Text(ar="خريطة", en="Map"),
}
type Use = Literal["page", "file", "print"]


@dataclass(frozen=True, kw_only=True)
class View:
    """What of the earth the picture shows, and how: plane enough for a part of a town."""

    middle: tuple[float, float]  # longitude, latitude
    scale: float  # units in a metre
    wide: int = WIDE  # units
    high: int = HIGH

    def at(self, points: Any) -> Any:
        """Points of the earth as points of the picture."""
        east = (points[:, 0] - self.middle[0]) * _METRES * cos(radians(self.middle[1]))
        north = (points[:, 1] - self.middle[1]) * _METRES
        placed = points.copy()
        placed[:, 0], placed[:, 1] = self.wide / 2 + east * self.scale, self.high / 2 - north * self.scale
        return placed

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        high = self.high / 2 / self.scale / _METRES
        wide = self.wide / 2 / self.scale / _METRES / cos(radians(self.middle[1]))
        (x, y) = self.middle
        return x - wide, y - high, x + wide, y + high


def picture_of(
    geometry: Mapping[str, Any],
    *,
    on: date,
    language: str,
    title: str,
    use: Use = "page",
    size: tuple[int, int] = (WIDE, HIGH),
) -> str:
    """The picture of a place with what lies around it on a day; two queries, and under 15 kB.

    `use` is "page" for a part of a page, whose colours it takes; "file" for an image with colours of its own, light and
    dark; "print" for a document, in light colours. `size` is in units.
    """
    view = view_of(geometry, size=size)
    facts = ground_in_place()
    return draw(
        geometry,
        around(view, on=on),
        view=view,
        language=language,
        title=title,
        attribution=facts.attribution if facts else "",
        use=use,
    )


def view_of(geometry: Mapping[str, Any], *, size: tuple[int, int] = (WIDE, HIGH)) -> View:
    """The view that shows a place with half its size around it."""
    west, south, east, north = shapes.shape(geometry).bounds
    (wide, high) = size
    middle = (west + east) / 2, (south + north) / 2
    across = (east - west) / 2 * _METRES * cos(radians(middle[1]))
    along = (north - south) / 2 * _METRES
    room = max(across * 1.6 / wide, along * 1.6 / high, LEAST / high)
    return View(middle=middle, scale=1 / (2 * room), wide=wide, high=high)


def around(view: View, *, on: date) -> list[Found]:
    """The parcels, buildings and roads that a view shows, those that lie below first; two queries."""
    found = features_within(view.box, on=on, kinds=[Kind.BUILDING, Kind.ROAD], most=MOST)
    parcels = parcels_on(on).filter(pk__in=near([view.box])).values_list("number", "geometry")[:MOST]
    below = [
        Found(
            kind="parcel",
            number=number,
            block=None,
            road="",
            name_ar="",
            name_en="",
            sort="",
            geometry=ground or {},
        )
        for number, ground in parcels
    ]
    return below + sorted(found, key=lambda each: each.kind == Kind.ROAD)


def draw(
    geometry: Mapping[str, Any],
    beside: Sequence[Found],
    *,
    view: View,
    language: str,
    title: str,
    attribution: str = "",
    use: Use = "page",
) -> str:
    """The SVG of a place among what lies beside it; what is furthest is left out where it would be too large."""
    place = shapely.transform(shapes.shape(geometry), view.at)
    placed = [(each, clipped(each.geometry, view)) for each in beside]
    placed = [(each, ground) for each, ground in placed if not ground.is_empty]
    nearest = sorted(range(len(placed)), key=lambda number: placed[number][1].distance(place))
    for most in (len(placed), 150, 100, 60, 30, 10, 0):
        kept = [placed[number] for number in sorted(nearest[:most])]
        sheet = _Sheet(language=language, use=use)
        svg = "".join(sheet.lines(place, kept, view, title, attribution))
        if len(svg.encode()) < LARGEST:
            return svg
    return svg


@dataclass(kw_only=True)
class _Sheet:
    """A picture that is being drawn, and where its labels are already."""

    language: str
    use: Use
    taken: list[Any] = field(default_factory=list)

    def lines(
        self, place: Any, kept: Sequence[tuple[Found, Any]], view: View, title: str, attribution: str
    ) -> Iterator[str]:
        """The parts of the SVG, those that lie below first."""
        direction = "rtl" if self.language == "ar" else "ltr"
        fonts = FONT_OF_DOCUMENTS if self.use == "print" else FONTS
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.wide} {view.high}" role="img" '
            f'class="ground-picture" aria-label="{escape(title)}" lang="{self.language}" direction="{direction}" '
            f'font-family="{fonts}" font-size="20">'
            f"<title>{escape(title)}</title>"
        )
        if self.use == "file":
            dark = "".join(f"--{name}:{dark};" for name, (_light, dark) in COLOURS.items())
            yield f"<style>@media(prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
        yield f'<rect width="{view.wide}" height="{view.high}" fill="{self.colour("map-land")}"/>'
        yield from self.ground(kept)
        yield self.drawn(place)
        corners = [
            shapes.box(0, view.high - 60, 230, view.high),
            shapes.box(view.wide - 70, 0, view.wide, 90),
            shapes.box(view.wide / 3, view.high - 30, view.wide, view.high),
        ]
        self.taken = [*corners, place.buffer(2) if place.length else place]
        yield from self.labels(kept, view)
        yield from self.frame(view, attribution)
        yield "</svg>"

    def ground(self, kept: Sequence[tuple[Found, Any]]) -> Iterator[str]:
        """The things around, a group for each kind."""
        line = self.colour("map-line")
        for kind in ("parcel", "building"):
            shapes = [ground for each, ground in kept if each.kind == kind and ground.area]
            if shapes:
                yield f'<path fill="{self.colour(f"map-{kind}")}" stroke="{line}" d="{"".join(map(path, shapes))}"/>'
        roads = "".join(path(ground) for each, ground in kept if each.kind == Kind.ROAD)
        if roads:
            for name, width in (("map-road-edge", 15), ("map-road", 12)):
                yield (
                    f'<path fill="none" stroke="{self.colour(name)}" stroke-width="{width}" '
                    f'stroke-linecap="round" stroke-linejoin="round" d="{roads}"/>'
                )

    def drawn(self, place: Any) -> str:
        """The place itself, over a halo so that it is seen on every ground."""
        inside = f'fill="{self.colour("map-drawn")}" fill-opacity=".25"' if place.area else 'fill="none"'
        outline = path(place.buffer(8) if isinstance(place, shapes.Point) else place)
        halo = f'<path fill="none" stroke="{self.colour("map-halo")}" stroke-width="10" d="{outline}"/>'
        return (
            f'{halo}<path class="drawn" {inside} stroke="{self.colour("map-drawn")}" stroke-width="5" '
            f'stroke-linejoin="round" d="{outline}"/>'
        )

    def labels(self, kept: Sequence[tuple[Found, Any]], view: View) -> Iterator[str]:
        """Names of roads, then numbers of buildings, or of parcels where nothing is built; none over another."""
        yield (
            f'<g text-anchor="middle" fill="{self.colour("map-label")}" stroke="{self.colour("map-halo")}" '
            'stroke-width="4" stroke-linejoin="round" paint-order="stroke">'
        )
        for text, point in (*self.roads(kept), *numbers_of(kept)):
            room = shapes.box(*room_around(point, len(text) * _LETTER, 24))
            if (
                text
                and shapes.box(0, 0, view.wide, view.high).contains(room)
                and not any(room.intersects(each) for each in self.taken)
            ):
                self.taken.append(room)
                yield f'<text x="{point.x:.0f}" y="{point.y + 7:.0f}">{escape(text)}</text>'
        yield "</g>"

    def roads(self, kept: Sequence[tuple[Found, Any]]) -> Iterator[tuple[str, Any]]:
        """The name of each road once: on its line, or, where the lines are not known, among its buildings."""
        named: dict[str, Any] = {}
        for each, ground in kept:
            if each.kind == Kind.ROAD:
                names = (
                    (each.name_ar, each.name_en) if self.language == "ar" else (each.name_en, each.name_ar)
                )
                text = next(filter(None, names), "") or each.number
                named.setdefault(
                    text, ground.interpolate(0.5, normalized=True) if ground.length else ground.centroid
                )
        by_road: dict[str, list[Any]] = {}
        for each, ground in kept:
            if each.kind == Kind.BUILDING and each.road and each.road not in named:
                by_road.setdefault(each.road, []).append(ground.centroid)
        named |= {
            road: shapely.union_all(points).centroid for road, points in by_road.items() if len(points) > 1
        }
        for road, point in named.items():
            yield (
                plain(f"{_WORDS['road'].in_language(self.language)} {road}" if road.isdigit() else road),
                point,
            )

    def frame(self, view: View, attribution: str) -> Iterator[str]:
        """The scale, the north and whose data it is."""
        metres = next((step for step in _STEPS if step * view.scale > 90), _STEPS[-1])
        unit, count = ("km", metres // 1_000) if metres >= 1_000 else ("m", metres)
        told = f"{count} {_WORDS[unit].in_language(self.language)}"
        ink = self.colour("map-label")
        long = metres * view.scale
        yield (
            f'<path fill="none" stroke="{ink}" stroke-width="3" d="M24 {view.high - 34}v10h{long:.0f}v-10"/>'
            f'<path fill="{ink}" d="M{view.wide - 35} 18l12 38-12-8-12 8z"/>'
            f'<g text-anchor="middle" fill="{ink}" stroke="{self.colour("map-halo")}" stroke-width="4" '
            f'paint-order="stroke"><text x="{24 + long / 2:.0f}" y="{view.high - 38}">{told}</text>'
            f'<text x="{view.wide - 35}" y="80">{_WORDS["north"].in_language(self.language)}</text></g>'
        )
        if attribution:
            yield (
                f'<text x="{view.wide - 12}" y="{view.high - 12}" font-size="15" text-anchor="end" direction="ltr" '
                f'fill="{ink}">{escape(attribution)}</text>'
            )

    def colour(self, name: str) -> str:
        """A colour of the theme, or its own where there is none."""
        light = COLOURS[name][0]
        return light if self.use == "print" else f"var(--{name},{light})"


def path(ground: Any) -> str:
    """The outline of a shape as a path of SVG, in whole units from point to point."""
    if isinstance(ground, shapes.Polygon):
        return "".join(_run(ring) + "z" for ring in (ground.exterior, *ground.interiors))
    if isinstance(ground, shapes.LineString):
        return _run(ground)
    return "".join(path(part) for part in ground.geoms) if hasattr(ground, "geoms") else ""


def _run(line: Any) -> str:
    points = [(round(x), round(y)) for x, y in line.coords]
    if line.is_ring:
        points = points[:-1]
    steps = ((x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(points))
    moved = " ".join(f"{x} {y}" for x, y in steps if x or y)
    return f"M{points[0][0]} {points[0][1]}" + (f"l{moved}" if moved else "").replace(" -", "-")


def clipped(geometry: Mapping[str, Any], view: View) -> Any:
    """A shape as the picture shows it: cut at its edge, without what is finer than a unit."""
    placed = shapely.transform(shapes.shape(geometry), view.at)
    kept = (
        shapely.make_valid(placed)
        .intersection(shapes.box(-20, -20, view.wide + 20, view.high + 20))
        .simplify(0.7)
    )
    parts = [part for part in shapely.get_parts(kept) if isinstance(part, shapes.Polygon | shapes.LineString)]
    parts = [part for part in parts if not (placed.area and not part.area)]
    if len(parts) == 1:
        return parts[0]
    return shapes.MultiPolygon(parts) if placed.area else shapes.MultiLineString(parts)


def numbers_of(kept: Sequence[tuple[Found, Any]]) -> Iterator[tuple[str, Any]]:
    """The numbers of buildings, and of parcels where nothing is built, each with a point in it."""
    built = [(each, ground) for each, ground in kept if each.kind == Kind.BUILDING]
    tree = shapely.STRtree([ground for _each, ground in built])
    empty = [
        (each, ground)
        for each, ground in kept
        if each.kind == "parcel" and not tree.query(ground.representative_point(), "intersects").size
    ]
    for each, ground in (*built, *empty):
        yield plain(each.number), ground.representative_point()


def room_around(point: Any, wide: float, high: float) -> tuple[float, float, float, float]:
    """The box of a label around its point."""
    return point.x - wide / 2, point.y - high / 2, point.x + wide / 2, point.y + high / 2


def plain(text: str) -> str:
    """A label without brackets, which browsers mirror twice in a page from right to left, and without vowel signs."""
    return " ".join(re.sub(r"[()\[\]{}]", " ", re.sub("[\u064b-\u0652\u0670\u0640]", "", text)).split())
