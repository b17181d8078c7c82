"""The one way to files that several processes write: by name, made once or replaced under a condition."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import urlsplit

from rukhsa.objects.bucket import SCHEME, Account, Bucket, bare, client_of
from rukhsa.trust.tiles import FolderTiles, SharedTiles

type Headers = Callable[[str], Mapping[str, str]]
"""What an object is served with, by its name: `ContentType` and `CacheControl`, as S3 calls them."""


class Store(SharedTiles, Protocol):
    """Files by their names, with slashes between the parts, in a folder or in a bucket."""

    def __hash__(self) -> int: ...

    def under(self, part: str) -> Self:
        """The files whose names begin with a part, such as "log/capital/", by the rest of their names."""

    def names(self) -> Iterator[str]:
        """The names of all files, in no order that counts."""


def store_at(place: Path | str, account: Account | None = None, headers: Headers | None = None) -> Store:
    """The store in a folder, or at "s3://bucket/prefix" with the account that opens it."""
    if isinstance(place, Path) or not place.startswith(SCHEME):
        return _folder(place)
    return _bucket(place, account or Account(), headers or bare)


@lru_cache(maxsize=64)
def _folder(place: Path | str) -> FolderTiles:
    # Kept, since a path works out its text each time that it is made, and a document asks for it a hundred times.
    return FolderTiles(folder=Path(place))


@lru_cache(maxsize=8)
def _bucket(place: str, account: Account, headers: Headers) -> Bucket:
    parts = urlsplit(place)
    prefix = parts.path.strip("/")
    return Bucket(
        client=client_of(account),
        name=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        headers=headers,
    )
