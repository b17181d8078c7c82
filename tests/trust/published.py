"""Test vectors that others published: read from beside the project or above it, never copied into it."""

import json
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]
_NAME = "shared/vectors"


def path(name: str) -> Path:
    """A published file or folder; the test is skipped, loudly, where it is absent."""
    for folder in _ROOT.parents:
        if (folder / _NAME / name).exists():
            return folder / _NAME / name
    pytest.skip(f"PUBLISHED VECTORS ARE MISSING: ../{_NAME}/{name} is not there, so they were NOT tried")


def load(name: str) -> Any:
    """A published JSON file."""
    return json.loads(path(name).read_text("utf-8"))


def load_all(folder: str) -> list[tuple[str, Any]]:
    """All JSON files under a published folder, with their names."""
    files = sorted(path(folder).rglob("*.json"))
    assert files, folder
    return [(str(file.relative_to(path(folder))), json.loads(file.read_text("utf-8"))) for file in files]
