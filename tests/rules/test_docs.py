"""The pages say nothing that is not there: links, decisions, commands, tests and settings that they name exist."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from rukhsa.project.config import PROJECT, ConfigError, read
from tests.rules.source import BESIDE, MODULES

DOCS = PROJECT / "docs"
PAGES = sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md")])
# What is true today: decisions and the changelog tell what was.
NOW = [page for page in PAGES if page.parent.name != "decisions" and page.name != "CHANGELOG.md"]
PRODUCTION = DOCS / "operating" / "production.md"
# Not a management command: it starts the processes (project/command.py).
OF_THE_COMMAND_ITSELF = {"run", "serve"}

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_MAKE = re.compile(r"(?:`|^ {4,})make ([a-z]+)", re.MULTILINE)
_RUKHSA = re.compile(r"(?:`|^ {4,})rukhsa ([a-z][a-z-]*)\b(?!:)", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+)`")
_FILE = re.compile(r"`((?:[\w-]+/)*\w+\.py)\b")
_MODULE = re.compile(r"`(?:python -m )?((?:rukhsa|rukhsa_rehearsal|tools|tests|bench)\.[a-z]\w*(?:\.\w+)*)\b")
_LOGGERS = {"rukhsa.access", "rukhsa.security"}
_SETTING = re.compile(r"^\| `((?:RUKHSA|DATABASE)_\w+)` \|[^|]*\| ([^|]*) \|", re.MULTILINE)
_READ = re.compile(
    r'(?:reader|self)\.(?:text|hidden|https|number|switch|folder|networks|needed|never_in_production)\("([A-Z0-9_]+)"'
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
    # Typed with a hyphen, where the module has none. The change log names commands of its time.
    pages = [page for page in PAGES if page.name != "CHANGELOG.md"]
    named = {name.replace("-", "_") for page in pages for name in _RUKHSA.findall(page.read_text())}
    assert named - get_commands().keys() - OF_THE_COMMAND_ITSELF == set()


def test_every_test_that_is_named_exists() -> None:
    sources = [*(PROJECT / "tests").rglob("test_*.py")]
    tests = {path.stem for path in sources}
    for path in sources:
        tests.update(re.findall(r"def (test_\w+)", path.read_text()))
    assert _named(_TEST) - tests == set()


def test_every_room_of_the_floors_has_its_line_in_the_architecture() -> None:
    page = (DOCS / "architecture.md").read_text()
    (floors, *_) = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    rooms = {room for layer in floors["layers"] for room in re.findall(r"\w+", layer)} - {"__main__"}
    first_cells = re.findall(r"^\| ([^|]*) \|", page.partition("## The floors")[2], re.MULTILINE)
    named = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert len(rooms) > 20
    assert rooms - named == set()


def test_every_file_of_python_that_is_named_exists() -> None:
    assert [f"{page.name}: {name}" for page in NOW for name in _absent(page.read_text())] == []


def test_a_file_and_a_module_that_do_not_exist_are_found() -> None:
    text = "`trust/qr.py` `qr.py` `trust/money.py` `rukhsa.trust.qr.svg` `rukhsa.trust.qr.png` `python -m rukhsa.gone`"
    assert _absent(text) == ["trust/money.py", "rukhsa.gone", "rukhsa.trust.qr.png"]


def test_the_table_of_settings_is_that_of_the_code() -> None:
    project = PROJECT / "src" / "rukhsa" / "project"
    source = "".join(
        (project / name).read_text()
        for name in ("config.py", "observation.py", "signing.py", "storing.py", "variables.py")
    )
    settings = {f"RUKHSA_{name}" for name in _READ.findall(source)}
    told = dict(_SETTING.findall(PRODUCTION.read_text()))
    assert told.keys() == settings | {"RUKHSA_ENVIRONMENT", "DATABASE_URL"}
    with pytest.raises(ConfigError) as refused:
        read({"RUKHSA_ENVIRONMENT": "production"})
    missing = set(re.findall(r"(RUKHSA_\w+|DATABASE_URL) is missing", str(refused.value)))
    assert {name for name, production in told.items() if production.startswith("required")} == missing


_PATHS = [str(path.relative_to(PROJECT)) for path in [*MODULES, *BESIDE]]


def _named(form: re.Pattern[str]) -> set[str]:
    return {name for page in PAGES for name in form.findall(page.read_text())}


def _absent(text: str) -> list[str]:
    """The files and modules of Python that a text names and that do not exist."""
    files = sorted(name for name in set(_FILE.findall(text)) if not _is_file(name))
    return files + sorted(name for name in set(_MODULE.findall(text)) - _LOGGERS if not _is_module(name))


def _is_file(name: str) -> bool:
    """Whether a path ends so: pages name `trust/qr.py`, or `qr.py` in a page about `trust`."""
    return any(f"/{path}".endswith(f"/{name}") for path in _PATHS)


def _is_module(name: str) -> bool:
    """Whether there is a module or a package of this name, or one that holds the last part of it."""
    holder, _, last = name.rpartition(".")
    path = holder.replace(".", "/")
    inside = [PROJECT / each for each in _PATHS if each.endswith((f"{path}.py", f"{path}/__init__.py"))]
    return any(
        f"/{each}".endswith((f"/{name.replace('.', '/')}.py", f"/{name.replace('.', '/')}/__init__.py"))
        for each in _PATHS
    ) or any(re.search(rf"^(?:def |class )?{last}\b", file.read_text(), re.MULTILINE) for file in inside)


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
