"""The modules of the house and of its tests, read once for all rules."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rukhsa.project.config import PROJECT

SOURCE = PROJECT / "src" / "rukhsa"
TESTS = PROJECT / "tests"
BENCH = PROJECT / "bench"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
# What is written beside the product: it is read as often as the product is.
BESIDE = sorted([*TESTS.rglob("*.py"), *BENCH.rglob("*.py")])

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    """A module as Python reads it."""
    return ast.parse(path.read_text())


def functions(module: ast.Module) -> Iterator[Function]:
    """Every function of a module, those inside of others too."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: Function) -> int:
    """How many lines a function has, from its first to its last."""
    assert function.end_lineno
    return function.end_lineno - function.lineno + 1


def prose(source: str) -> Iterator[str]:
    """The docstrings and comments of a module's text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
