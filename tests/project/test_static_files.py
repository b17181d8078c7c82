"""Static files are collected where one of them changed, and only there."""

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


@pytest.fixture
def style(settings: Settings, tmp_path: Path) -> Path:
    """The one file that there is to collect, beside words about it that no page asks for."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": HASHED}}
    source = tmp_path / "source" / "style.css"
    source.parent.mkdir()
    source.write_text("a {}")
    source.with_name("README.md").touch()
    return source


def collected(folder: Path) -> dict[str, int]:
    """The files that pages are sent to, with when each was written."""
    call_command("static_files")
    return {each.name: each.stat().st_mtime_ns for each in folder.glob("style.*.css")}


def test_what_did_not_change_is_left_as_it_lies(style: Path, settings: Settings) -> None:
    root = settings.STATIC_ROOT
    first = collected(root)
    assert len(first) == 1
    assert collected(root) == first
    assert not (root / "README.md").exists()

    style.write_text("a { color: red }")
    changed = collected(root)
    assert len(changed) == 2

    (hashed,) = changed.keys() - first.keys()
    (root / hashed).unlink()
    assert collected(root).keys() == changed.keys(), "what a page is sent to is there again"
