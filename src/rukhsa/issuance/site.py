"""The public site: its addresses, where its files are kept, and the trust list that is published there now."""

import json
import os
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import models

from rukhsa.catalogue.territory import territory
from rukhsa.issuance import public_file
from rukhsa.objects import Bucket, Store, store_at
from rukhsa.trust import checkpoint, tiles, tlog, trustlist
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.keys import PublicKey
from rukhsa.trust.sources import StoreSource
from rukhsa.trust.tiles import FolderTiles
from rukhsa.trust.trustlist import Authority, FormerLog, TrustList

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


def files() -> Store:
    """The files that are served at `address()`: in a folder or in a bucket, as the setting says."""
    account = getattr(settings, "RUKHSA_S3", None)
    return store_at(settings.RUKHSA_PUBLIC, account, public_file.stored_with)


def recent(name: str) -> bytes:
    """A public file for those who read: of a bucket it may be two seconds old. Raises Unavailable."""
    store = files()
    return store.recent(name) if isinstance(store, Bucket) else store.read(name)


def source() -> StoreSource:
    """The public files by their addresses, as strangers fetch them.

    A checkpoint of a bucket is given once the newest tiles of its log were read. While the store is slow, verdicts go
    on with the one before, whose tiles are here; they would wait for those of the new one.
    """
    return StoreSource(read=_recent_with_tiles, stands_for=address())


def _recent_with_tiles(name: str) -> bytes:
    store, (folder, _, file) = files(), name.rpartition("/")
    if isinstance(store, Bucket) and file in {tlog.CHECKPOINT_PATH, tlog.WITNESSED_PATH}:
        return store.recent(name, before_shown=partial(_read_newest_tiles, store, f"{folder}/"))
    return recent(name)


def _read_newest_tiles(store: Bucket, folder: str, note: bytes) -> None:
    """Read the tiles that the root of a log is reckoned from. What is wrong with the log is for the verifier to say."""
    try:
        size = checkpoint.said(note.decode("utf-8", "replace")).size
        tiles.root(lambda path: store.recent(folder + path), size)
    except BadLog:
        return
    except Unavailable as error:
        if not error.is_missing:  # tiles of a size that has passed are removed
            raise


def status_folder(code: str) -> str:
    """The address under which the status lists of an authority lie."""
    return f"{address()}status/{territory().authority(code).id}/"


def status_address(code: str, number: int) -> str:
    """The address of one status list."""
    return f"{status_folder(code)}{number}.cwt"


def named_log(code: str, number: int = 1) -> tuple[str, str]:
    """The name in its checkpoints and the address of an authority's log: the first, or the successor of a number."""
    name = territory().authority(code).id + (f".{number}" if number > 1 else "")
    return f"{territory().verifier}/log/{name}", f"{address()}log/{name}/"


def log_address(code: str) -> str:
    """The address under which the log of an authority lies, by the published trust list."""
    named = listed(code)
    return named.log_address if named else named_log(code)[1]


def log_origin(code: str) -> str:
    """The name of an authority's log in its checkpoints, by the published trust list."""
    named = listed(code)
    return named.log_origin if named else named_log(code)[0]


def former_logs(code: str) -> tuple[FormerLog, ...]:
    """The logs of an authority that have ended, by the published trust list."""
    named = listed(code)
    return named.former_logs if named else ()


def log_tiles(code: str) -> Store:
    """The files of an authority's log."""
    return files_at(log_address(code))


def files_at(folder_address: str) -> Store:
    """The files below an address of the site."""
    return files().under(name_of(folder_address))


def name_of(file_address: str) -> str:
    """The name of the file that is served at an address of the site."""
    return file_address.removeprefix(address())


def trust_list() -> TrustList | None:
    """The published trust list, if there is one and a root is pinned. Raises BadTrustList, Unavailable."""
    root, text = _text(pin(), ROOT_KEY), _text(files(), TRUST_LIST)
    return _read(text, root) if root and text else None


def listed(code: str) -> Authority | None:
    """An authority as the published trust list names it. Raises BadTrustList, Unavailable."""
    published, id = trust_list(), territory().authority(code).id
    return next((each for each in (published.authorities if published else ()) if each.id == id), None)


def keys_at(at: datetime) -> frozenset[tuple[str, str]]:
    """The ids (in hexadecimal) and purposes of the keys that may sign at a moment, by the published trust list."""
    published = trust_list()
    seconds = at.timestamp()
    return frozenset(
        (key.public.kid.hex(), key.purpose)
        for authority in (published.authorities if published else ())
        for key in authority.keys
        if key.period[0] <= seconds < key.period[1] and key.compromised_since is None
    )


def keys_of(code: str, purpose: str) -> list[PublicKey]:
    """Every key that an authority ever had for a purpose, the compromised ones last: its log goes on from them."""
    named = listed(code)
    return [*named.keys_for(purpose), *named.lost_keys_for(purpose)] if named else []


def root_jwk() -> dict[str, Any] | None:
    """The root's public key, which the first publication pins; None before that."""
    text = _text(pin(), ROOT_KEY)
    return json.loads(text) if text else None


def pin() -> Store:
    """Where the root's public key is pinned: beside the keys, where no web process writes.

    A process that is not told of the keys signs nothing, and reads the published one as any stranger does.
    """
    keys = getattr(settings, "RUKHSA_KEYS", None)
    return store_at(keys) if keys else files()


def _text(store: Store, name: str) -> str:
    """The text of a file, read once for each of its states; empty where it does not exist."""
    if isinstance(store, FolderTiles):
        # A document asks sixty times: as text, without a path that is made each time.
        file = f"{store.folder}/{name}"
        try:
            return _text_of(file, os.stat(file).st_mtime_ns)
        except FileNotFoundError:
            return ""
    try:
        return recent(name).decode()
    except Unavailable as error:
        if not error.is_missing:
            raise
        return ""


@lru_cache(maxsize=4)
def _text_of(file: str, written: int) -> str:
    return Path(file).read_text("utf-8")


@lru_cache(maxsize=4)
def _read(text: str, root: str) -> TrustList:
    return trustlist.read(text, json.loads(root))
