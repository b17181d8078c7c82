"""What is started without the settings of a deployment loads without them: the figures, the fuzzing, the vectors."""

import os
import pkgutil
import subprocess
import sys

import bench
from rukhsa.project.config import PROJECT

FIGURES = [
    f"bench.{module.name}" for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"
]
ENTRANCES = ["tests.fuzz.targets", "tests.trust.vectors.make", "tests.trust.vectors.files.make", *FIGURES]


def test_what_starts_without_settings_loads_without_them() -> None:
    assert imported(*ENTRANCES) == ""


def test_a_module_with_models_does_not() -> None:
    assert "ImproperlyConfigured" in imported("rukhsa.issuance.intent")


def imported(*names: str) -> str:
    """The last line of what a process says that imports these and has no settings; empty where it can."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("RUKHSA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(f"import {name}" for name in names)],
        env=told | {"RUKHSA_ENVIRONMENT": "development"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""
