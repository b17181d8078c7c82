"""Errors with a lasting code are of one kind, by which pages and jobs tell them from faults."""

import ast
from collections.abc import Iterator
from importlib import import_module

import pytest

from rukhsa.errors import RukhsaError
from tests.rules.source import MODULES, SOURCE, tree

# These end a process or fail a rehearsal, and no page shows them.
NO_ROOMS = {"project", "sandbox", "walks"}


def test_every_error_of_a_room_that_has_a_code_is_one_of_ours() -> None:
    rooms = [path for path in MODULES if path.relative_to(SOURCE).parts[0] not in NO_ROOMS]
    found = {(path, name) for path in rooms for name in _coded(tree(path)) if path.stem != "__main__"}
    errors = [getattr(import_module(_module(path)), name) for path, name in found]
    ours = [each for each in errors if issubclass(each, Exception)]
    assert len(ours) > 100
    assert [each for each in ours if not issubclass(each, RukhsaError)] == []


def test_no_module_tells_an_error_by_where_it_was_defined() -> None:
    assert [path for path in MODULES if "__module__.startswith" in path.read_text()] == []


@pytest.mark.parametrize(
    "source",
    [
        'class Full(Exception):\n    code = "full"',
        "class Full(Exception):\n    def __init__(self, code: str) -> None:\n        self.code = code",
    ],
)
def test_an_error_with_a_code_is_found(source: str) -> None:
    assert list(_coded(ast.parse(source))) == ["Full"]


def _coded(module: ast.Module) -> Iterator[str]:
    """The classes of a module that have a `code`."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            stored = {
                each.id if isinstance(each, ast.Name) else each.attr
                for each in ast.walk(node)
                if isinstance(each, ast.Name | ast.Attribute) and isinstance(each.ctx, ast.Store)
            }
            if "code" in stored:
                yield node.name


def _module(path: object) -> str:
    return str(path).removeprefix(f"{SOURCE.parent}/").removesuffix(".py").replace("/", ".")
