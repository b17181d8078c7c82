"""Where the public files come from: memory, a folder, the web; and a cache that knows its age."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rukhsa.trust.errors import Unavailable

if TYPE_CHECKING:
    import httpx

MAXIMUM_SIZE = 4 << 20
TIMEOUT_SECONDS = 5.0


class Source(Protocol):
    """Gives the bytes at an address of the trust list. Raises Unavailable, never anything else."""

    def fetch(self, address: str) -> bytes: ...


class StatusSource(Source, Protocol):
    """Gives status lists, by the address that the seal names."""


class LogSource(Source, Protocol):
    """Gives checkpoints and tiles, under the log's address."""


@dataclass(frozen=True, kw_only=True)
class NoSource:
    """Knows nothing, as a device without a connection: every verdict that needs it is "cannot tell"."""

    def fetch(self, address: str) -> bytes:
        raise Unavailable("offline", address)


@dataclass(frozen=True, kw_only=True)
class MemorySource:
    """Files in memory, by address."""

    files: Mapping[str, bytes]

    def fetch(self, address: str) -> bytes:
        if address not in self.files:
            raise Unavailable("no-such-file", address)
        return self.files[address]


@dataclass(frozen=True, kw_only=True)
class FolderSource:
    """A folder laid out as the public site: `stands_for` is the site's address, with its last slash."""

    folder: Path
    stands_for: str

    def fetch(self, address: str) -> bytes:
        path = self.folder / _relative(address, self.stands_for)
        try:
            if path.stat().st_size > MAXIMUM_SIZE:
                raise Unavailable("too-large", address)
            return path.read_bytes()
        except OSError as error:
            raise Unavailable("no-such-file", address) from error


@dataclass(frozen=True, kw_only=True)
class HttpSource:
    """The public site, over HTTP: no redirects, little time, little room.

    `base` is where it is really reached, when that differs from the address it stands for.
    """

    stands_for: str
    base: str = ""

    @cached_property
    def _client(self) -> "httpx.Client":
        import httpx  # slow to import, and not needed by those who verify offline

        return httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def fetch(self, address: str) -> bytes:
        import httpx

        url = (self.base or self.stands_for) + _relative(address, self.stands_for)
        try:
            with self._client.stream("GET", url) as response:
                return _body(response, address)
        except httpx.HTTPError as error:
            raise Unavailable("unreachable", f"{address}: {error!r}") from error


@dataclass(kw_only=True)
class CachedSource:
    """Keeps what another source gave for `seconds`; the same bytes then come without asking."""

    source: Source
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, bytes]] = field(default_factory=dict)

    def fetch(self, address: str) -> bytes:
        kept = self._kept.get(address)
        if kept is not None and self.clock() - kept[0] < self.seconds:
            return kept[1]
        data = self.source.fetch(address)
        self._kept[address] = (self.clock(), data)
        return data

    def age_seconds(self, address: str) -> float | None:
        """How long ago the kept bytes were fetched; None where nothing is kept."""
        kept = self._kept.get(address)
        return None if kept is None else self.clock() - kept[0]


def _relative(address: str, stands_for: str) -> str:
    path = address.removeprefix(stands_for)
    if path == address or ".." in path.split("/") or path.startswith("/"):
        raise Unavailable("foreign-address", address)
    return path


def _body(response: "httpx.Response", address: str) -> bytes:
    if response.status_code != 200:
        raise Unavailable("unreachable", f"{address}: {response.status_code}")
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAXIMUM_SIZE:
            raise Unavailable("too-large", address)
    return bytes(body)
