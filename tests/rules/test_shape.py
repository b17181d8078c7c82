"""What every module of the house has in common: names, size, a first sentence, and no talking to the terminal."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.source import MODULES, functions, lines_of, name
from tests.rules.source import tree as _tree

NOT_NAMES = {"utils", "helpers", "services", "selectors", "managers", "constants", "common", "misc", "base"}
NAMED_BY_DJANGO = {"project/replicated/base.py"}  # an engine of the database is imported by this name
LINES_OF_A_FUNCTION = 40
LINES_OF_A_FILE = 400
# Commands speak to a person: `rukhsa …`, `python -m rukhsa.trust` and the ceremony's.
SPEAKING = {"management", "__main__.py", "ceremony.py"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    # A command's file is named as it is typed: `rukhsa services`.
    paths = [path for path in MODULES if "commands" not in path.parts and name(path) not in NAMED_BY_DJANGO]
    assert [path for path in paths if NOT_NAMES & {path.stem, *Path(name(path)).parts}] == []


def test_every_module_opens_with_a_sentence() -> None:
    silent = [path for path in MODULES if path.stat().st_size and not ast.get_docstring(_tree(path))]
    assert silent == []


def test_every_file_fits_in_one_reading() -> None:
    long = {str(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: lines for path, lines in long.items() if lines > LINES_OF_A_FILE} == {}


def test_every_function_fits_in_sight() -> None:
    found = {f"{path}:{each.name}": lines_of(each) for path in MODULES for each in functions(_tree(path))}
    assert {name: lines for name, lines in found.items() if lines > LINES_OF_A_FUNCTION} == {}


def test_no_room_prints() -> None:
    rooms = [path for path in MODULES if not SPEAKING & set(path.parts)]
    assert [str(path) for path in rooms if "print" in _called(_tree(path))] == []


@pytest.mark.parametrize(
    ("source", "lines"), [("def f():\n" + "    1\n" * 39, 40), ("def f():\n" + "    1\n" * 40, 41)]
)
def test_a_function_is_measured_from_its_first_line_to_its_last(source: str, lines: int) -> None:
    assert [lines_of(each) for each in functions(ast.parse(source))] == [lines]


def test_a_print_is_found_wherever_it_stands() -> None:
    assert "print" in _called(ast.parse("def f():\n    if True:\n        print('here')\n"))


def _called(tree: ast.Module) -> set[str]:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


PAGES = "from django.template import engines; engines.all()"  # with every library of tags


def test_the_verifier_loads_without_staff_and_sign_in() -> None:
    """Its process has neither: a room that it needs may not import them as it is loaded."""
    started = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {PAGES}"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "rukhsa.project.settings_public"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr[-2000:]
