"""The modules of the product, of the rehearsal and of the developers' tools, read once for all rules."""

import ast
from functools import cache
from pathlib import Path

from rukhsa.project.config import PROJECT

SOURCE = PROJECT / "src" / "rukhsa"
PACKAGES = (SOURCE, PROJECT / "rehearsal" / "rukhsa_rehearsal", PROJECT / "tools")
MODULES = sorted(
    path for package in PACKAGES for path in package.rglob("*.py") if "migrations" not in path.parts
)


def name(path: Path) -> str:
    """Where a module stands in its package: "payments/models.py", "sandbox/app.py"."""
    return next(str(path.relative_to(each)) for each in PACKAGES if path.is_relative_to(each))


@cache
def tree(path: Path) -> ast.Module:
    """A module as Python reads it."""
    return ast.parse(path.read_text())
