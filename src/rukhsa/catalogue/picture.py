"""The course of a service as a picture: SVG that needs no style, no script and no font of its own."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from rukhsa.catalogue.course import Box, Row, course
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.territory import Territory

WIDE, BETWEEN, BELOW, EDGE, ASIDE, FORK = 220, 16, 30, 20, 150, 10  # in pixels
LINE, TITLE, NOTE, LETTERS = 17, 14, 12, 31
COLOURS = {
    "applicant": ("#e8f1f8", "#0b5c8a"),
    "authority": ("#eef6ec", "#2f6b2a"),
    "agency": ("#fdf3e1", "#8a5a00"),
    "money": ("#f6ecf6", "#7a2b7a"),
    "state": ("#ffffff", "#333333"),
}
FONTS = "'IBM Plex Sans Arabic', 'Noto Sans Arabic', sans-serif"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of writing in a box."""

    text: str
    size: int
    weight: str = "normal"
    colour: str = "#222222"


def draw(definition: Definition, territory: Territory, language: str) -> str:
    """The picture in a language ("ar" or "en"); the same text for the same definition. Arabic runs from the right."""
    rows = course(definition, territory)
    widest = max(len(row.boxes) for row in rows)
    width = 2 * EDGE + widest * (WIDE + BETWEEN) - BETWEEN + ASIDE
    spine = EDGE + (widest * (WIDE + BETWEEN) - BETWEEN) / 2
    way = _Way(language=language, middle=width - spine if language == "ar" else spine)
    parts, top = list[str](), float(EDGE)
    for number, row in enumerate(rows):
        if number:
            parts.append(_arrow(way.middle, top, BELOW))
            top += BELOW
        margin = FORK if len(row.boxes) > 1 else 0
        high = max(len(_lines(box, language)) for box in row.boxes) * LINE + 18.0
        parts += way.row(row, top=top + margin, high=high)
        top += high + 2 * margin
    return _page(parts, definition, language, width=width, height=top + EDGE)


@dataclass(frozen=True, kw_only=True)
class _Way:
    """The positions of rows: around the middle, from the left or from the right."""

    language: str
    middle: float

    def row(self, row: Row, *, top: float, high: float) -> Iterator[str]:
        """The boxes of a row, the fork before them and the join after them, and the ways out beside them."""
        count = len(row.boxes)
        offsets = [(number - (count - 1) / 2) * (WIDE + BETWEEN) for number in range(count)]
        centres = [self.middle + offset * self._forward for offset in offsets]
        if count > 1:
            yield _fork(centres, bar=top - FORK, to=top)
            yield _fork(centres, bar=top + high + FORK, to=top + high)
        for centre, box in zip(centres, row.boxes, strict=True):
            yield from _box(box, self.language, x=centre - WIDE / 2, y=top, high=high)
        if row.leaves:
            yield from self._aside(row, x=centres[-1] + self._forward * WIDE / 2, y=top + high / 2)

    def _aside(self, row: Row, *, x: float, y: float) -> Iterator[str]:
        yield (
            f'<path d="M{x:g} {y:g} h{26 * self._forward:g}" fill="none" stroke="#9b1c1c" stroke-width="1.5"'
            ' marker-end="url(#out)"/>'
        )
        lines = [part for each in row.leaves for part in textwrap.wrap(each.in_language(self.language), 20)]
        at = y - (len(lines) - 1) * LINE / 2 + 4
        for part in lines:
            centre = x + self._forward * (34 + (ASIDE - 40) / 2)
            yield _text(Line(text=part, size=NOTE, colour="#9b1c1c"), x=centre, y=at)
            at += LINE

    @property
    def _forward(self) -> int:
        return -1 if self.language == "ar" else 1


def _box(box: Box, language: str, *, x: float, y: float, high: float) -> Iterator[str]:
    fill, edge = COLOURS[box.kind]
    dashes = ' stroke-dasharray="5 4"' if box.when.in_language(language) else ""
    round_ = high / 2 if box.kind == "state" else 6
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{WIDE}" height="{high:g}" rx="{min(round_, 24):g}"'
        f' fill="{fill}" stroke="{edge}" stroke-width="1.5"{dashes}/>'
    )
    lines = _lines(box, language)
    at = y + (high - len(lines) * LINE) / 2 + LINE * 0.75
    for line in lines:
        yield _text(line, x=x + WIDE / 2, y=at)
        at += LINE


def _lines(box: Box, language: str) -> list[Line]:
    title = textwrap.wrap(box.title.in_language(language), LETTERS - 4)
    lines = [Line(text=part, size=TITLE, weight="600") for part in title]
    for note in box.notes:
        lines += [Line(text=part, size=NOTE) for part in textwrap.wrap(note.in_language(language), LETTERS)]
    if when := box.when.in_language(language):
        said = f"فقط إذا: {when}" if language == "ar" else f"only if {when}"
        lines += [Line(text=part, size=NOTE, colour="#6b4a00") for part in textwrap.wrap(said, LETTERS)]
    return lines


def _arrow(x: float, y: float, length: float) -> str:
    return (
        f'<path d="M{x:g} {y:g} v{length - 2:g}" fill="none" stroke="#555555" stroke-width="1.5"'
        ' marker-end="url(#on)"/>'
    )


def _fork(centres: list[float], *, bar: float, to: float) -> str:
    drops = "".join(f" M{centre:g} {bar:g} V{to:g}" for centre in centres)
    return (
        f'<path d="M{min(centres):g} {bar:g} H{max(centres):g}{drops}" fill="none" stroke="#555555"'
        ' stroke-width="1.5"/>'
    )


def _text(line: Line, *, x: float, y: float) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{line.size}" font-weight="{line.weight}" fill="{line.colour}"'
        f' text-anchor="middle">{escape(line.text)}</text>'
    )


def _page(parts: list[str], definition: Definition, language: str, *, width: float, height: float) -> str:
    name = escape(definition.name.in_language(language))
    direction = "rtl" if language == "ar" else "ltr"
    heads = "".join(
        f'<marker id="{id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{colour}"/></marker>'
        for id, colour in (("on", "#555555"), ("out", "#9b1c1c"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
        f' height="{height:g}" lang="{language}" direction="{direction}" font-family="{FONTS}" role="img"'
        f' aria-label="{name}">\n<title>{name}</title>\n<defs>{heads}</defs>\n'
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )
