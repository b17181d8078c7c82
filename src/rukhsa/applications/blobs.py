"""Keeps bytes under their digest in Django's storage: the same bytes are kept once and never replaced."""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

from rukhsa.errors import RukhsaError
from rukhsa.trust.tiles import write_durably

_AT_ONCE: Final = 8


class Corrupt(RukhsaError):
    """The stored bytes do not match their digest."""

    code = "file-corrupt"


def keep(content: bytes) -> str:
    """Store the bytes and return their SHA-256 in hex; storing them again changes nothing."""
    digest = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(_path(digest)):
        default_storage.save(_path(digest), ContentFile(content))
    return digest


def keep_each(contents: Iterable[bytes]) -> list[str]:
    """Store many, several at a time, as `keep` stores one."""
    contents = list(contents)
    if len(contents) == 1:  # most documents come alone: no thread is started for them
        return [keep(contents[0])]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(keep, contents))


def fetch(digest: str) -> bytes:
    """The bytes under a digest, checked. Raises Corrupt where they changed, and FileNotFoundError."""
    with open_file(digest) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Corrupt(digest)
    return content


def forget(digest: str) -> None:
    """Delete the bytes under a digest that nothing else names; done before it changes nothing."""
    default_storage.delete(_path(digest))


def open_file(digest: str) -> "File[bytes]":
    """The stored file, for reading in pieces, unchecked."""
    return default_storage.open(_path(digest), "rb")


def _path(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


class DurableFileSystemStorage(FileSystemStorage):
    """Files in folders that survive a loss of power: a file is there whole, or not at all.

    It is kept only once its bytes and its name are on the disk, so that a row that names it may then be committed.
    """

    def _save(self, name: str, content: "File[bytes]") -> str:
        path = Path(self.path(name))
        self._make_folders(path.parent)
        write_durably(path, content.read())
        if self.file_permissions_mode is not None:
            path.chmod(self.file_permissions_mode)
        return name

    def _make_folders(self, folder: Path) -> None:
        """Make the missing folders from the top, and sync the folder above each."""
        if folder.is_dir():
            return
        self._make_folders(folder.parent)
        folder.mkdir(mode=self.directory_permissions_mode or 0o777, exist_ok=True)
        if os.geteuid() == 0:
            owner = folder.parent.stat()
            os.chown(folder, owner.st_uid, owner.st_gid, follow_symlinks=False)
        above = os.open(folder.parent, os.O_RDONLY)
        try:
            os.fsync(above)
        finally:
            os.close(above)
