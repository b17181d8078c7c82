"""Keeps bytes under their digest in Django's storage: the same bytes are kept once and never replaced."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from rukhsa.errors import RukhsaError

_AT_ONCE: Final = 8


class Corrupt(RukhsaError):
    """What lies under a digest is not what was put there."""

    code = "file-corrupt"


def keep(content: bytes) -> str:
    """Store the bytes and return their SHA-256 in hex; storing them again changes nothing."""
    digest = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(_path(digest)):
        default_storage.save(_path(digest), ContentFile(content))
    return digest


def keep_each(contents: Iterable[bytes]) -> list[str]:
    """Store many, as `keep` does each; several that wait for the disk wait together."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(keep, contents))


def fetch(digest: str) -> bytes:
    """The bytes under a digest, checked; raise `Corrupt` where they changed, or FileNotFoundError."""
    with open_file(digest) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Corrupt(digest)
    return content


def open_file(digest: str) -> "File[bytes]":
    """The stored file, for reading in pieces, unchecked."""
    return default_storage.open(_path(digest), "rb")


def _path(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"
