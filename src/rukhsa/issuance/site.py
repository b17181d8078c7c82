"""The public site: its addresses, its folder, and the trust list that is published there now."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import models

from rukhsa.catalogue.territory import territory
from rukhsa.trust import trustlist
from rukhsa.trust.keys import PublicKey
from rukhsa.trust.tiles import FolderTiles
from rukhsa.trust.trustlist import TrustList

TRUST_LIST: Final = "trust-list.jws"
ROOT_KEY: Final = "root.jwk"


class PublishedTrustList(models.Model):
    """A trust list as the offline root signed it. It cannot be made again here."""

    version = models.PositiveBigIntegerField(unique=True)
    text = models.TextField()  # the JWS
    at = models.DateTimeField()


def address() -> str:
    """The address of the site, with a slash at its end."""
    return f"https://{territory().verifier}/"


def folder() -> Path:
    """The folder whose files are served at `address()`."""
    return Path(settings.RUKHSA_PUBLIC)


def status_folder(code: str) -> str:
    """The address under which the status lists of an authority lie."""
    return f"{address()}status/{territory().authority(code).id}/"


def status_address(code: str, number: int) -> str:
    """The address of one status list."""
    return f"{status_folder(code)}{number}.cwt"


def log_address(code: str) -> str:
    """The address under which the log of an authority lies."""
    return f"{address()}log/{territory().authority(code).id}/"


def log_origin(code: str) -> str:
    """The name of an authority's log in its checkpoints."""
    return f"{territory().verifier}/log/{territory().authority(code).id}"


def log_tiles(code: str) -> FolderTiles:
    """The files of an authority's log."""
    return FolderTiles(folder=path_of(log_address(code)))


def path_of(file_address: str) -> Path:
    """The file that is served at an address of the site."""
    return folder() / file_address.removeprefix(address())


def trust_list() -> TrustList | None:
    """The published trust list, if there is one and a root is pinned. Raises BadTrustList."""
    file = folder() / TRUST_LIST
    root, written = _root_text(), _written(file)
    return _read(file, written, root) if root and written else None


def keys_at(at: datetime) -> frozenset[tuple[str, str]]:
    """The ids (in hexadecimal) and purposes of the keys that may sign at a moment, by the published trust list."""
    listed = trust_list()
    seconds = at.timestamp()
    return frozenset(
        (key.public.kid.hex(), key.purpose)
        for authority in (listed.authorities if listed else ())
        for key in authority.keys
        if key.period[0] <= seconds < key.period[1] and key.compromised_since is None
    )


def keys_of(code: str, purpose: str) -> list[PublicKey]:
    """Every key that an authority ever had for a purpose, the compromised ones last: its log goes on from them."""
    listed, authority = trust_list(), territory().authority(code).id
    found = [each for each in (listed.authorities if listed else ()) if each.id == authority]
    return [key for each in found for key in (*each.keys_for(purpose), *each.lost_keys_for(purpose))]


def root_jwk() -> dict[str, Any] | None:
    """The root's public key, which the first publication pins; None before that."""
    text = _root_text()
    return json.loads(text) if text else None


def pin() -> Path:
    """The file in which the root's public key is pinned: beside the keys, where no web process writes.

    A process that is not told of the keys signs nothing, and reads the published one as any stranger does.
    """
    keys = getattr(settings, "RUKHSA_KEYS", None)
    return (Path(keys) if keys else folder()) / ROOT_KEY


def _root_text() -> str:
    file = pin()
    written = _written(file)
    return _text(file, written) if written else ""


def _written(file: Path) -> int | None:
    """When a file was last written, in nanoseconds; None where it does not exist."""
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return None


@lru_cache(maxsize=4)
def _text(file: Path, written: int) -> str:
    return file.read_text()


@lru_cache(maxsize=4)
def _read(file: Path, written: int, root: str) -> TrustList:
    return trustlist.read(file.read_text(), json.loads(root))
