"""Test vectors that others published: read from beside the project or above it, never copied into it."""

import json
from pathlib import Path
from typing import Any

from tests import opinions


def path(name: str) -> Path:
    """A published file or folder; the test is skipped, loudly, where it is absent."""
    return opinions.beside(f"vectors/{name}")


def load(name: str) -> Any:
    """A published JSON file."""
    return json.loads(path(name).read_text("utf-8"))


def load_all(folder: str) -> list[tuple[str, Any]]:
    """All JSON files under a published folder, with their names."""
    files = sorted(path(folder).rglob("*.json"))
    assert files, folder
    return [(str(file.relative_to(path(folder))), json.loads(file.read_text("utf-8"))) for file in files]
