"""Stored files are whole and on the disk before a row names them."""

import os
import stat
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from rukhsa.applications.blobs import DurableFileSystemStorage


def _flushed(storage: FileSystemStorage, monkeypatch: pytest.MonkeyPatch) -> int:
    flushed: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (flushed.append(file), real(file)))
    storage.save("blobs/ab/cd/abcd", ContentFile(b"whole"))
    return len(flushed)


def test_a_file_its_name_and_its_new_folders_are_flushed_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _flushed(DurableFileSystemStorage(tmp_path), monkeypatch) == 5  # three folders, the file, its name


def test_djangos_own_storage_would_flush_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _flushed(FileSystemStorage(tmp_path), monkeypatch) == 0


def test_a_stored_file_is_for_its_owner_only(tmp_path: Path) -> None:
    storage = DurableFileSystemStorage(tmp_path, file_permissions_mode=0o600)
    storage.save("blobs/ab/cd/abcd", ContentFile(b"whole"))
    path = tmp_path / "blobs/ab/cd/abcd"
    assert path.read_bytes() == b"whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["abcd"]
