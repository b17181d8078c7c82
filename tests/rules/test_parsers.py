"""What opens strangers' files works in the reader: no room that a web process runs calls a parser itself."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import SOURCE

PARSERS = frozenset(
    {
        "pikepdf",
        "pypdfium2",
        "PIL",
        "pi_heif",
        "zxingcpp",
        "yaml",
        "csv",
        "lxml",
        "xml",
        "openpyxl",
        "zipfile",
        "tarfile",
    }
)
# Those of our own that call them, and are called by the reader.
OURS = frozenset(
    {"rukhsa.trust.picture", "rukhsa.trust.pdf", "rukhsa.trust.printed", "rukhsa.trust.document"}
)
# Where they may be called: in the reader and below it, by commands, and on files that were made here.
MAY = {
    "reader": "the process itself",
    "trust": "used alone, and by the reader; signatures are checked before a parser is asked",
    "files": "called by the reader",
    "personal/own_data.py": "writes an archive, and opens none",
    "issuance": "the gate and the pages that were set here; registers of paper come by a command",
    "project": "commands",
    "catalogue/management": "commands",
    "values/money.py": "the list of currencies that the package brings",
    "catalogue/survey_file.py": "called by a command",
    "catalogue/block_list.py": "the territory's own list",
    "web/desk/security.py": "writes the security log, and reads no file",
    "web/desk/journal.py": "writes the journal, and reads no file",
    "catalogue/territory_change.py": "writes what the desk changed, and reads no file",
    "figures/open_data.py": "writes the open data, and reads no file",
    "web/desk/income_of_a_month.py": "writes the income of a month, and reads no file",
    "web/desk/steering.py": "writes the figures, and reads no file",
    "web/icon.py": "draws the icons of what is installed",
    "verification/upload.py": "tells apart by first bytes, and hands the parsers of the reader in",
}


def calls(file: Path) -> Iterator[str]:
    """The parsers that a file imports."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{each.name}" for each in node.names)]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] in PARSERS or name in OURS)


def test_only_the_reader_and_what_never_meets_a_strangers_file_calls_a_parser() -> None:
    found = {
        f"{path}: {name}"
        for file in SOURCE.rglob("*.py")
        if not (path := file.relative_to(SOURCE).as_posix()).startswith(tuple(MAY))
        for name in calls(file)
    }
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize("site", ["asgi", "asgi_public"])
def test_portal_and_verifier_start_without_a_parser(site: str) -> None:
    loads = (
        f"import sys, rukhsa.project.{site} as site; from django.urls import get_resolver;"
        " get_resolver().url_patterns; print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert not set(ran.stdout.split()) & {"pikepdf", "pypdfium2", "PIL", "pi_heif", "lxml", "openpyxl"}


def test_each_that_may_is_still_there_and_still_needs_to() -> None:
    for path in MAY:
        if path.endswith(".py"):
            assert list(calls(SOURCE / path)), path


@pytest.mark.parametrize(
    "line",
    ["import pikepdf", "from PIL import Image", "import yaml.events", "from rukhsa.trust import picture"],
)
def test_the_rule_sees_a_call(line: str, tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text(f"def show():\n    {line}\n")
    assert list(calls(file))
