"""The pages say nothing that is not there: links, decisions, commands, tests and settings that they name exist."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from rukhsa.project.config import PROJECT, ConfigError, read

DOCS = PROJECT / "docs"
PAGES = sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md")])
PRODUCTION = DOCS / "operating" / "production.md"
# Not a management command: it starts the processes (project/command.py).
OF_THE_COMMAND_ITSELF = {"run"}

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_MAKE = re.compile(r"(?:`|^ {4,})make ([a-z]+)", re.MULTILINE)
_RUKHSA = re.compile(r"(?:`|^ {4,})rukhsa ([a-z][a-z-]*)\b(?!:)", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+)`")
_SETTING = re.compile(r"^\| `((?:RUKHSA|DATABASE)_\w+)` \|[^|]*\| ([^|]*) \|", re.MULTILINE)
_READ = re.compile(
    r'(?:reader|self)\.(?:text|https|number|switch|folder|networks|never_in_production)\("([A-Z0-9_]+)"'
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert _broken_links(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# The one\n")
    page = tmp_path / "page.md"
    page.write_text("# Page\n[a](other.md) [b](other.md#the-one) [c](none.md) [d](other.md#none) [e](#page)")
    assert _broken_links(page) == ["none.md", "other.md#none"]


def test_every_decision_is_in_the_index_and_they_are_numbered_without_a_gap() -> None:
    decisions = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    index = (DOCS / "decisions" / "README.md").read_text()
    assert [name for name in decisions if f"]({name})" not in index] == []
    assert [int(name[:4]) for name in decisions] == list(range(1, len(decisions) + 1))


def test_every_format_is_in_the_index() -> None:
    index = (DOCS / "formats" / "README.md").read_text()
    assert [page.name for page in (DOCS / "formats").glob("*.md") if f"]({page.name})" not in index] == [
        "README.md"
    ]


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert _named(_MAKE) - targets == set()


def test_every_command_that_is_named_exists() -> None:
    # Typed with a hyphen, where the module has none.
    named = {name.replace("-", "_") for name in _named(_RUKHSA)}
    assert named - get_commands().keys() - OF_THE_COMMAND_ITSELF == set()


def test_every_test_that_is_named_exists() -> None:
    sources = [*(PROJECT / "tests").rglob("test_*.py")]
    tests = {path.stem for path in sources}
    for path in sources:
        tests.update(re.findall(r"def (test_\w+)", path.read_text()))
    assert _named(_TEST) - tests == set()


def test_the_table_of_settings_is_that_of_the_code() -> None:
    project = PROJECT / "src" / "rukhsa" / "project"
    source = "".join((project / name).read_text() for name in ("config.py", "signing.py", "variables.py"))
    settings = {f"RUKHSA_{name}" for name in _READ.findall(source)}
    told = dict(_SETTING.findall(PRODUCTION.read_text()))
    assert told.keys() == settings | {"RUKHSA_ENVIRONMENT", "DATABASE_URL"}
    with pytest.raises(ConfigError) as refused:
        read({"RUKHSA_ENVIRONMENT": "production"})
    missing = set(re.findall(r"(RUKHSA_\w+) is missing", str(refused.value)))
    assert {name for name, production in told.items() if production.startswith("required")} == missing


def _named(form: re.Pattern[str]) -> set[str]:
    return {name for page in PAGES for name in form.findall(page.read_text())}


def _broken_links(page: Path) -> list[str]:
    links = _LINK.findall(_FENCED.sub("", page.read_text()))
    return [link for link in links if "://" not in link and not _leads_somewhere(page, link)]


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not anchor or anchor in {_anchor(heading) for heading in _HEADING.findall(target.read_text())}


def _anchor(heading: str) -> str:
    """The anchor that a heading has on the usual hosts of repositories."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
