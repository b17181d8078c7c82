"""The public files that verification needs, and the copy of them that is kept for when no server answers."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rukhsa.trust import statuslist, tiles, trustlist
from rukhsa.trust.errors import BadLog, BadStatusList, BadTrustList, TrustError, Unavailable
from rukhsa.trust.evidence import read_checkpoint
from rukhsa.trust.keys import Jwk
from rukhsa.trust.sources import CachedSource, FolderSource, HttpSource, Source
from rukhsa.trust.tiles import write_durably
from rukhsa.trust.trustlist import Authority, TrustList

TRUST_LIST, ROOT, PLACE = "trust-list.jws", "root.jwk", "kept.json"
_WEB = ("https://", "http://")
_LISTS_AT_MOST = 4096


def usual_folder() -> Path:
    """The folder in which the command keeps its copy by default."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return Path(data) / "rukhsa"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A folder laid out as the public site, with the root's key that its owner pinned and where it came from."""

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether a copy was kept here."""
        return (self.folder / PLACE).exists()

    @property
    def public(self) -> str:
        """The address that was copied."""
        return str(json.loads((self.folder / PLACE).read_text("utf-8"))["public"])

    def keep(self, trust_list: str, root: Jwk, public: str, source: Source) -> int:
        """Copy trust list, root, status lists and logs. Returns the number of files.

        Raises Unavailable, and BadTrustList, BadStatusList or BadLog for what does not hold or is older than what was
        kept. What does not change is not fetched again. The checkpoint is written last, so that the copy of a log is
        whole or the older one.
        """
        read, count = trustlist.read(trust_list, root), 2
        for authority in read.authorities:
            for path, data in self._files(authority, read, source):
                self._write(path, data)
                count += 1
        self._write(TRUST_LIST, trust_list.encode())
        self._write(ROOT, json.dumps(dict(root)).encode())
        self._write(PLACE, json.dumps({"public": public}).encode())
        return count

    def _files(
        self, authority: Authority, trust_list: TrustList, source: Source
    ) -> Iterator[tuple[str, bytes]]:
        site = f"https://{trust_list.verifiers[0]}/"
        for folder in authority.status:
            for address, data in _status_lists(folder, source):
                self._check_status_list(_below(site, address), address, data, authority)
                yield _below(site, address), data
        log = _below(site, authority.log_address)
        try:
            # Before the newest one, which then covers it.
            witnessed = list(_if_there(source, f"{authority.log_address}checkpoint.witnessed"))
            note = source.fetch(f"{authority.log_address}checkpoint")
        except Unavailable:
            return  # an authority that has not issued anything yet
        size = _size(note, authority, authority.log_origin)
        ends = [(each.address, each.origin, each.size) for each in authority.former_logs]
        for address, origin, end in (*ends, (authority.log_address, authority.log_origin, size)):
            if end < _size(self._read(f"{_below(site, address)}checkpoint"), authority, origin):
                raise BadLog("log-rolled-back", address)
        for path in _tile_paths(size):
            is_partial = ".p/" in path
            if is_partial or not (self.folder / log / path).exists():
                yield f"{log}{path}", source.fetch(authority.log_address + path)
        yield from ((f"{log}checkpoint.witnessed", each) for each in witnessed)
        yield f"{log}checkpoint", note

    def _check_status_list(self, path: str, uri: str, data: bytes, authority: Authority) -> None:
        """Refuse a list that is not the authority's, or is older than the kept one."""
        keys, kept = authority.keys_for("status"), self._read(path)
        issued_at = statuslist.read(data, uri=uri, keys=keys).issued_at
        if kept and issued_at < statuslist.read(kept, uri=uri, keys=keys).issued_at:
            raise BadStatusList("status-rolled-back", uri)

    def _read(self, path: str) -> bytes:
        """A kept file; empty where there is none."""
        target = self.folder / path
        return target.read_bytes() if target.exists() else b""

    def _write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_durably(target, data)


@dataclass(frozen=True, kw_only=True)
class FirstOf:
    """Asks one source after the other, and calls `told` for each file that only a later one had."""

    sources: tuple[Source, ...]
    missed: list[str]

    def fetch(self, address: str) -> bytes:
        refusal: TrustError = Unavailable("offline", address)
        for number, source in enumerate(self.sources):
            try:
                data = source.fetch(address)
            except Unavailable as error:
                refusal = error
                continue
            if number:
                self.missed.append(address)
            return data
        raise refusal


@dataclass(kw_only=True)
class PublicFiles:
    """Where the command reads public files: a site or a folder, and the kept copy where the site does not answer."""

    public: str
    kept: Kept
    offline: bool
    missed: list[str]

    def trust_list(self, elsewhere: str | None) -> str:
        """The signed trust list. Raises Unavailable, OSError."""
        try:
            return text_at(elsewhere or f"{self.public.rstrip('/')}/{TRUST_LIST}")
        except Unavailable:
            if elsewhere or not self._has_copy:
                raise
            self.missed.append(TRUST_LIST)
            return text_at(str(self.kept.folder / TRUST_LIST))

    def source(self, site: str) -> Source:
        """The public files, and behind a site its copy."""
        if not self.is_site:
            return FolderSource(folder=Path(self.public), stands_for=site)
        web = HttpSource(stands_for=site, base=self.public.rstrip("/") + "/")
        copies = [FolderSource(folder=self.kept.folder, stands_for=site)] if self._has_copy else []
        return CachedSource(source=FirstOf(sources=(web, *copies), missed=self.missed), seconds=60)

    @property
    def is_site(self) -> bool:
        """Whether a site is asked, and no folder."""
        return self.public.startswith(_WEB)

    @property
    def _has_copy(self) -> bool:
        return self.kept.exists and self.kept.public == self.public


def text_at(where: str) -> str:
    """The text of a file or an address. Raises OSError, Unavailable."""
    if not where.startswith(_WEB):
        return Path(where).read_text("utf-8")
    return HttpSource(stands_for=where.rpartition("/")[0] + "/").fetch(where).decode("utf-8")


def _if_there(source: Source, address: str) -> Iterator[bytes]:
    try:
        yield source.fetch(address)
    except Unavailable:
        return


def _size(note: bytes, authority: Authority, origin: str) -> int:
    return read_checkpoint(note.decode("utf-8", "replace"), authority, origin=origin).size if note else 0


def _status_lists(folder: str, source: Source) -> Iterator[tuple[str, bytes]]:
    for number in range(_LISTS_AT_MOST):
        address = f"{folder}{number}.cwt"
        try:
            yield address, source.fetch(address)
        except Unavailable:
            return


def _tile_paths(size: int) -> Iterator[str]:
    """Every hash tile of a log of `size` entries: level by level, each as full as it is."""
    level = 0
    while size >> tiles.HEIGHT * level:
        count = -(-(size >> tiles.HEIGHT * level) // tiles.WIDTH)
        for number in range(count):
            yield tiles.tile_path(level, number, tiles.tile_width(level, number, size))
        level += 1


def _below(site: str, address: str) -> str:
    path = address.removeprefix(site)
    if path == address or ".." in path.split("/") or path.startswith("/"):
        raise BadTrustList("bad-trust-list", f"{address} is not of the site {site}")
    return path
