"""The modules of the product, of what stands beside it, and of the tests, read once for all rules."""

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
# The product, the rehearsal, and what developers run.
PACKAGES = (SOURCE, PROJECT / "rehearsal" / "rukhsa_rehearsal", PROJECT / "tools")
MODULES = sorted(
    path for package in PACKAGES for path in package.rglob("*.py") if "migrations" not in path.parts
)
# What is written beside the product: it is read as often as the product is.
BESIDE = sorted([*TESTS.rglob("*.py"), *BENCH.rglob("*.py")])

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    """Where a module stands in its package: "payments/models.py", "sandbox/app.py"."""
    return next(str(path.relative_to(each)) for each in PACKAGES if path.is_relative_to(each))


def dotted(path: Path) -> str:
    """The name by which a module is imported."""
    root = next(each.parent for each in PACKAGES if path.is_relative_to(each))
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


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
