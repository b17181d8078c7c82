"""Libraries that are large and seldom used are loaded at their first use."""

import subprocess
import sys

import pytest

from rukhsa import late
from rukhsa.late import Late
from rukhsa.project.config import PROJECT

NAMES = sorted(each.name.partition(".")[0] for each in vars(late).values() if isinstance(each, Late))
LOADED = """
import importlib, os, sys
from django.urls import get_resolver
os.environ.setdefault("RUKHSA_ENVIRONMENT", "development")
importlib.import_module(sys.argv[1])
get_resolver().url_patterns
print(*sorted(set(sys.argv[2:]) & set(sys.modules)))
"""


@pytest.mark.parametrize("process", ["rukhsa.project.asgi", "rukhsa.project.asgi_public"])
def test_a_server_starts_without_what_it_seldom_uses(process: str) -> None:
    """numpy, shapely, typst and their like are 30 MB and half a second of every process that has them."""
    assert _loaded(process, *NAMES, "django.urls") == [
        "django.urls"
    ]  # the last is there, so that the answer counts


def test_one_is_there_once_something_of_it_is_asked_for() -> None:
    """In a process of its own, since a library stays."""
    asked = (
        "import sys; from rukhsa.late import np; assert 'numpy' not in sys.modules; print(np.arange(3).sum())"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["3"]


def _loaded(process: str, *names: str) -> list[str]:
    told = subprocess.run(
        [sys.executable, "-c", LOADED, process, *names], cwd=PROJECT, capture_output=True, text=True, check=True
    )  # fmt: skip
    return told.stdout.split()
