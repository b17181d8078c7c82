"""Where the public files come from: memory, a folder, the web; and a cache that knows its age."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Protocol

from rukhsa.trust.errors import Unavailable

MAXIMUM_SIZE = 4 << 20
TIMEOUT_SECONDS = 5.0  # for each answer of the other side
_WHOLE_SECONDS = 60.0  # for a whole file, however slowly it drips
_PIECE = 64 << 10


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
class StoreSource:
    """Files as their store gives them by name, laid out as the public site; `stands_for` is the site's address."""

    read: Callable[[str], bytes]
    stands_for: str

    def fetch(self, address: str) -> bytes:
        try:
            data = self.read(_relative(address, self.stands_for))
        except OSError as error:
            raise Unavailable("no-such-file", address) from error
        if len(data) > MAXIMUM_SIZE:
            raise Unavailable("too-large", address)
        return data


@dataclass(frozen=True, kw_only=True)
class HttpSource:
    """The public site, over HTTP: no redirects, little time, little room.

    `base` is where it is really reached, when that differs from the address it stands for.
    """

    stands_for: str
    base: str = ""

    def fetch(self, address: str) -> bytes:
        url = (self.base or self.stands_for) + _relative(address, self.stands_for)
        return _answer(urllib.request.Request(url), address)  # noqa: S310 - http and https only: _OPENER

    def ask(self, path: str, body: bytes) -> bytes:
        """What the site answers to a JSON question posted to one of its paths. Raises Unavailable."""
        url = (self.base or self.stands_for) + path
        headers = {"Content-Type": "application/json"}
        return _answer(urllib.request.Request(url, data=body, headers=headers), url)  # noqa: S310 - as above


def source_at(place: str, *, stands_for: str) -> FolderSource | HttpSource:
    """The public files at an address of the web, or in a folder; `stands_for` is the site's address, with its slash."""
    if place.startswith(("https://", "http://")):
        return HttpSource(stands_for=stands_for, base=place.rstrip("/") + "/")
    return FolderSource(folder=Path(place), stands_for=stands_for)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: a site that sends the reader elsewhere is not trusted."""

    def redirect_request(self, *_: object) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    """HTTP and HTTPS through the system's proxy and certificates; no file:, ftp: or data: address."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        _NoRedirect,
    ):
        opener.add_handler(handler())
    return opener


_OPENER = _opener()


def _answer(request: urllib.request.Request, address: str) -> bytes:
    try:
        response = _OPENER.open(request, timeout=TIMEOUT_SECONDS)
        if response is None:
            raise Unavailable("unreachable", f"{address}: not http or https")
        with response:
            return _body(response, address)
    except urllib.error.HTTPError as error:
        error.close()
        code = "no-such-file" if error.code == HTTPStatus.NOT_FOUND else "unreachable"
        raise Unavailable(code, f"{address}: {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
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


def _body(response: HTTPResponse, address: str) -> bytes:
    if response.status != 200:
        raise Unavailable("unreachable", f"{address}: {response.status}")
    body, end = bytearray(), time.monotonic() + _WHOLE_SECONDS
    while piece := response.read(_PIECE):
        body += piece
        if len(body) > MAXIMUM_SIZE:
            raise Unavailable("too-large", address)
        if time.monotonic() > end:
            raise Unavailable("unreachable", f"{address}: too slow")
    return bytes(body)
