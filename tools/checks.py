"""`make check`: everything that can be checked without running the tests."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rukhsa.project.config import PROJECT, Environment
from rukhsa.project.processes import RUKHSA
from rukhsa.project.variables import ENVIRONMENT

PYTHON = (sys.executable, "-m")


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check, and the command that fails if it does not hold."""

    name: str
    command: tuple[str, ...]


CHECKS = (
    Check(name="format", command=(*PYTHON, "ruff", "format", "--check", "--quiet", ".")),
    Check(name="lint", command=(*PYTHON, "ruff", "check", "--quiet", ".")),
    Check(name="types", command=(*PYTHON, "mypy", "--no-error-summary")),
    Check(name="import floors", command=(str(Path(sys.executable).with_name("lint-imports")),)),
    Check(name="migrations complete", command=(*RUKHSA, "makemigrations", "--check", "--dry-run")),
    Check(name="translations complete", command=(*RUKHSA, "translations", "check")),
    Check(name="service definitions", command=(*RUKHSA, "services", "check")),
    Check(name="schema of definitions", command=(*RUKHSA, "services", "schema", "--check")),
    Check(name="table of services", command=(*RUKHSA, "services", "table", "--check")),
    Check(name="diagrams", command=(*PYTHON, "tools", "diagrams", "--check")),
    Check(name="settings of a deployment", command=(*RUKHSA, "check", "--fail-level", "WARNING")),
)


def main() -> int:
    """Run every check and print a line for each, with the output of those that fail; return 1 if one failed."""
    failed = [check.name for check in CHECKS if not _holds(check)]
    total = len(CHECKS)
    sys.stdout.write(f"check: {total} checks, {total - len(failed)} hold\n")
    return 1 if failed else 0


def _holds(check: Check) -> bool:
    began = time.monotonic()
    answer = subprocess.run(  # noqa: S603 - the commands above
        check.command,
        cwd=PROJECT,
        env={ENVIRONMENT: Environment.DEVELOPMENT, **os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    holds = answer.returncode == 0
    sys.stdout.write(f"{check.name:<26} {'holds' if holds else 'FAILS'} {time.monotonic() - began:6.1f} s\n")
    if not holds:
        sys.stdout.write(answer.stdout)
    sys.stdout.flush()
    return holds


if __name__ == "__main__":
    sys.exit(main())
