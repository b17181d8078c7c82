"""Charts as numbers for a template that draws them in SVG: bars of months, and one bar of shares."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language_bidi

WIDTH, HEIGHT, GAP = 720, 200, 10
ROOM = 24  # above the bars, for the number of the last


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar, or a part of one: where it lies, what it is called and how much it is."""

    x: float
    y: float
    width: float
    height: float
    name: str
    value: str
    is_last: bool = False

    @property
    def middle(self) -> float:
        """The middle of it, from the edge at which x begins."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart with what it shows in words, for those who do not see it; the numbers stand in a table beside it."""

    id: str
    title: str
    told: str
    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT


def bars(id: str, title: str, told: str, values: Sequence[tuple[str, int]]) -> Chart:
    """A bar for each value, in the direction in which the page is read."""
    most = max((value for _, value in values), default=0) or 1
    width = (WIDTH - GAP * (len(values) - 1)) / max(len(values), 1)
    drawn = []
    for number, (name, value) in enumerate(values):
        height = round((HEIGHT - ROOM) * value / most, 1)
        x = number * (width + GAP)
        drawn.append(
            Bar(
                x=_mirrored(x, width),
                y=HEIGHT - height,
                width=round(width, 1),
                height=height,
                name=name,
                value=f"{value:,}",
                is_last=number == len(values) - 1,
            )
        )
    return Chart(id=id, title=title, told=told, bars=tuple(drawn))


def shares(id: str, title: str, told: str, values: Sequence[tuple[str, int, int]]) -> Chart:
    """One bar, divided by the second of each three numbers; the third is what is written, in per cent."""
    whole = sum(value for _, value, _ in values) or 1
    drawn, x = [], 0.0
    for name, value, percent in values:
        width = WIDTH * value / whole
        drawn.append(
            Bar(
                x=_mirrored(x, width),
                y=0,
                width=round(width, 1),
                height=40,
                name=name,
                value=f"{percent} %",
            )
        )
        x += width
    return Chart(id=id, title=title, told=told, bars=tuple(drawn), height=40)


def _mirrored(x: float, width: float) -> float:
    return round(WIDTH - x - width if get_language_bidi() else x, 1)
