"""What is kept in the repository is ours, tells of no machine, and uses the words of the glossary."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from rukhsa.project.config import PROJECT

FIRST_FOLDERS = {"", ".ci", "bench", "deploy", "docs", "rehearsal", "src", "territories", "tests", "tools"}
# The machine says where packages come from, and no file names the folder of a checkout.
REGISTRIES = (
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|unpkg\.com|jsdelivr\.|proxy\.golang"
    r"|docker\.io|quay\.io|ghcr\.io"
)
OF_A_MACHINE = re.compile(rf"{REGISTRIES}|(?<![\w.~])/(?:work|home|root|Users|mnt)/\w")
PACKED = re.compile(r"\.(whl|egg|zip|tgz|gz|bz2|xz|zst|jar|deb|so|wasm)$")
OF_A_MERGE = re.compile(r"^(<{7}|>{7}) ")
# docs/glossary.md: one word for each thing. Licensed is what software is; a licence is what a person holds.
BANNED = re.compile(r"\b(customers?|licenses?|blacklists?|consultees?|blockchain)\b", re.IGNORECASE)
# Words of others: of the gateway's interface, of Data Packages, of the parts we are made of, and of their names.
WORDS_OF_OTHERS = re.compile(
    r"customer-name|license-files|^license = |/LICENSE|LICENSE |\bLICENSE\b|\"license\"|license:"
    r"|contrib\.license|licenses=|\"licenses\"|creativecommons\.org/licenses"
)
WORDED = {".py", ".html", ".txt", ".js", ".css", ".typ", ".yaml", ".po", ".toml"}


def test_every_tracked_file_lies_in_a_folder_of_ours() -> None:
    assert {_first(path) for path in _tracked()} <= FIRST_FOLDERS


def test_no_package_of_others_is_kept() -> None:
    assert [path for path in _tracked() if PACKED.search(path.name)] == []
    assert PACKED.search("psutil-7.2.2-py3-none-any.whl")


def test_no_tracked_file_names_a_registry_or_a_place_on_a_machine() -> None:
    assert [f"{path}:{line}" for path in _texts() for line in _lines(path, OF_A_MACHINE)] == []


def test_no_merge_was_left_half_done() -> None:
    assert [f"{path}:{line}" for path in _texts() for line in _lines(path, OF_A_MERGE)] == []


def test_code_and_pages_use_the_words_of_the_glossary() -> None:
    worded = [path for path in _texts() if path.suffix in WORDED and _first(path) in ("rehearsal", "src")]
    assert [f"{path}:{line}" for path in worded for line in _lines(path, BANNED)] == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (OF_A_MACHINE, "see /home/" + "salem/rukhsa"),
        (OF_A_MACHINE, "https://pypi" + ".org/simple"),
        (OF_A_MERGE, "<" * 7 + " HEAD"),
        (BANNED, "the customer pays"),
        (BANNED, 'name = "License"'),
    ],
)
def test_what_is_not_allowed_is_found(pattern: "re.Pattern[str]", text: str, tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text(f"fine\n{text}\n")
    assert _lines(file, pattern) == [2]


def _lines(path: Path, pattern: "re.Pattern[str]") -> list[int]:
    lines = (PROJECT / path).read_text().splitlines()
    return [
        number
        for number, line in enumerate(lines, 1)
        if pattern.search(line if pattern is OF_A_MACHINE else WORDS_OF_OTHERS.sub("", line))
    ]


@cache
def _texts() -> tuple[Path, ...]:
    return tuple(path for path in _tracked() if _is_text(PROJECT / path))


def _is_text(path: Path) -> bool:
    beginning = path.read_bytes()[:4096] if path.is_file() else b"\0"
    return b"\0" not in beginning and not beginning.startswith(b"%PDF-")


@cache
def _tracked() -> tuple[Path, ...]:
    answer = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return tuple(Path(name) for name in answer.stdout.split("\0") if name)


def _first(path: Path) -> str:
    return path.parts[0] if len(path.parts) > 1 else ""
