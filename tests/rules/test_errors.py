"""Errors with a lasting code are of one kind, by which pages and jobs tell them from faults."""

import ast
from collections.abc import Iterator
from importlib import import_module

import pytest

from rukhsa.errors import RukhsaError
from tests.rules.source import MODULES, SOURCE, dotted, tree

# What is raised there ends a process, and no page shows it. The rehearsal and the tools are not of the product.
NO_ROOM = SOURCE / "project"


def test_every_error_of_a_room_that_has_a_code_is_one_of_ours() -> None:
    rooms = [path for path in MODULES if path.is_relative_to(SOURCE) and not path.is_relative_to(NO_ROOM)]
    found = {(path, name) for path in rooms for name in _coded(tree(path)) if path.stem != "__main__"}
    errors = [getattr(import_module(dotted(path)), name) for path, name in found]
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
