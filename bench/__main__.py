"""Run every figure: each module of this package that has a `figures()`, then one line that counts."""

import importlib
import os
import pkgutil
import sys

import bench
from bench.figure import Figure, machine
from bench.town import deployment


def main() -> int:
    """Print the machine, each figure as it is measured, and the count; the exit code is 1 if one is not met."""
    print(machine("typst", "weasyprint", "pyhanko", "cryptography", "django", "psycopg"), flush=True)
    os.environ.setdefault("RUKHSA_ENVIRONMENT", "development")
    chosen = [word for word in sys.argv[1:] if not word.isdigit()]  # numbers are the sizes of `growth`
    measured: list[Figure] = []
    with deployment():
        _measure(chosen, measured)
    met = sum(figure.met for figure in measured)
    print(f"bench: {len(measured)} figures, {met} met")
    return 0 if met == len(measured) else 1


def _measure(chosen: list[str], measured: list[Figure]) -> None:
    for name in sorted(module.name for module in pkgutil.iter_modules(bench.__path__)):
        if name in ("__main__", "figure") or (chosen and name not in chosen):
            continue
        module = importlib.import_module(f"bench.{name}")
        if not hasattr(module, "figures"):
            continue
        for figure in module.figures():
            print(figure, flush=True)
            measured.append(figure)


if __name__ == "__main__":
    sys.exit(main())
