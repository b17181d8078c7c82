"""The modules of the house, read once for all rules."""

import ast
from functools import cache
from pathlib import Path

from rukhsa.project.config import PROJECT

SOURCE = PROJECT / "src" / "rukhsa"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """A module as Python reads it."""
    return ast.parse(path.read_text())
