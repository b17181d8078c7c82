"""Every target of the Makefile and every check has something behind it."""

import importlib.util
import re

import pytest
from django.core.management import get_commands

from rukhsa.project.config import PROJECT
from tools.checks import CHECKS

MAKEFILE = (PROJECT / "Makefile").read_text()


@pytest.mark.parametrize("module", sorted(set(re.findall(r"\$\(PYTHON\) -m ([\w.]+)", MAKEFILE))))
def test_a_module_that_make_runs_exists(module: str) -> None:
    assert importlib.util.find_spec(module)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\$\(RUKHSA\) (\w+)", MAKEFILE)) - {"run"}))
def test_a_command_that_make_runs_exists(command: str) -> None:
    assert command in get_commands()


def test_every_target_has_a_line_of_help() -> None:
    targets = re.findall(r"^\.PHONY: (\w+)", MAKEFILE, re.MULTILINE)
    assert [name for name in targets if not re.search(rf"^{name}:.*## \S", MAKEFILE, re.MULTILINE)] == []
    assert len(targets) > 10


def test_a_module_that_is_not_there_is_found() -> None:
    assert importlib.util.find_spec("tests.trust.verdicts_of_tomorrow") is None


def test_every_check_has_a_name_of_its_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
