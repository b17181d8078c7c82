"""The page docs/figures.md, written from the definitions of the figures."""

from collections.abc import Iterator

from rukhsa.figures.figure import Figure
from rukhsa.figures.registry import FIGURES
from rukhsa.project.config import PROJECT

FILE = PROJECT / "docs/figures.md"

_OPENING = """\
# The figures

Written from the code by `python -m tools figures`. Each figure is one value of `src/rukhsa/figures/`, and is tested \
against a small world whose answers are worked out by hand (`tests/rooms/figures/test_small_world.py`).

A row says: on this day (or in this month), at this authority, for this service, of this figure and key, so many \
(`count`), which come to so much (`total`). The worker brings the rows of days up to date every ten minutes, from the \
earliest day about which the journal has something new. A new figure, or one that a release works out otherwise, has \
its months before too, one each ten minutes, the latest first; `rukhsa figures rebuild` works all of them out again \
and changes none that is right. A month is the sum of its days; what stands, such as the backlog, is that of the last \
day. Days begin and end by the territory's clock.

Who may see them: the director of an authority sees the rows of that authority, and those of no one authority \
(`figures:figure:read`). No row names a person. What is published is smaller, and without small counts \
([open data](formats/open-data.md)).
"""


def page() -> str:
    """The text of the page."""
    return "\n".join((_OPENING, *(line for figure in FIGURES for line in _told(figure))))


def _told(figure: Figure) -> Iterator[str]:
    yield f"## {figure.name.en} (`{figure.id}`) · {figure.name.ar}\n"
    yield f"{figure.counts.en}\n"
    yield f"- Unit: {figure.unit.en}"
    yield f"- Belongs to: {figure.span.en}"
    yield f"- Told apart by: {figure.keys.en}"
    yield f"- Rounding: {figure.rounding.en}"
    yield f"- From: {', '.join(f'`{table}`' for table in figure.facts)}"
    yield f"- Of a month: {'as its last day ends' if figure.is_standing else 'the sum of its days'}\n"
