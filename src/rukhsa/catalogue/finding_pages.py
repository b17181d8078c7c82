"""The pages of docs/findings: for each code, in both languages, what it is, why it matters, and an example."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest

PAGES = Path(__file__).parents[3] / "docs" / "findings"


class NoSuchFinding(CatalogueError):
    """There is no page for a code."""

    code = "no-such-finding"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: its title, why the finding matters, and the whole text in Markdown."""

    code: str
    title: Text
    why: Text
    text: str


def codes() -> list[str]:
    """The codes that have a page."""
    return sorted(file.stem for file in PAGES.glob("*.md") if file.stem != "README")


@cache
def page(code: str) -> Page:
    """The page of a code. Raises NoSuchFinding, which names the nearest one."""
    if code not in codes():
        raise NoSuchFinding(f'there is no finding "{code}". {nearest(code, codes()).en}')
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    title, why_ar, why_en, *_ = text.split("\n\n")
    ar, _, en = title.partition(": ")[2].partition(" · ")
    return Page(code=code, title=Text(ar=ar, en=en), why=Text(ar=why_ar, en=why_en), text=text)


def as_json(problem: DefinitionProblem) -> dict[str, object]:
    """A finding for machines and editors; line and column are counted from 1."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "field": problem.field,
        "code": problem.code,
        "what": _both(problem.what),
        "remedy": _both(problem.write_instead),
        "why": _both(page(problem.code).why),
    }


def _both(text: Text) -> dict[str, str]:
    return {"ar": text.ar, "en": text.en}
