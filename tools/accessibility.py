"""The accessibility statement: what axe found in the page states that the browser tests examined."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rukhsa.project.config import PROJECT

RESULTS = PROJECT / "var" / "axe.jsonl"
PAGE = PROJECT / "docs" / "accessibility.md"
SHIPPED = PROJECT / "src" / "rukhsa" / "web" / "accessibility.json"
AXE = PROJECT / "node_modules" / "axe-core" / "package.json"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What was examined on a day with a version of axe, and the serious faults that were found."""

    day: str
    engine: str
    states: int
    pages: int
    languages: tuple[str, ...]
    widths: tuple[int, ...]
    faults: tuple[str, ...]


def statement(lines: Iterable[str], *, day: date, engine: str) -> Statement:
    """The statement of the lines that the tests wrote; a state examined twice counts once."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    newest = {(row["page"], row["language"], row["width"]): row for row in rows}
    return Statement(
        day=day.isoformat(),
        engine=engine,
        states=len(newest),
        pages=len({page for page, _language, _width in newest}),
        languages=tuple(sorted({row["language"] for row in newest.values()})),
        widths=tuple(sorted({row["width"] for row in newest.values()})),
        faults=tuple(sorted({fault for row in newest.values() for fault in row["faults"]})),
    )


def made(results: Path = RESULTS) -> Statement:
    """The statement of the newest run of the browser tests."""
    when = datetime.fromtimestamp(results.stat().st_mtime, tz=UTC).date()
    engine = json.loads(AXE.read_text())["version"]
    return statement(results.read_text("utf-8").splitlines(), day=when, engine=engine)


def as_page(made: Statement) -> str:
    """The page of docs/."""
    faults = "".join(f"- `{fault}`\n" for fault in made.faults) or "None.\n"
    widths = " and ".join(str(width) for width in made.widths)
    return (
        "# Accessibility\n\n"
        "Made by `python -m tools accessibility` from what the browser tests wrote; do not edit it by hand.\n\n"
        f"On {made.day}, axe-core {made.engine} examined {made.states} states of {made.pages} pages, in "
        f"{' and '.join(made.languages)}, in windows of {widths} px. Standard: WCAG 2.2 AA. Such a test finds only "
        "some faults, and does not say that the whole standard is met.\n\n"
        f"## Serious and critical faults\n\n{faults}"
    )
