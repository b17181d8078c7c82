"""A mirror: the public files in another place, a folder or a bucket, from which anyone may serve them.

What a mirror has of a log is told by the checkpoint that it shows, which is written last. So a run reads and writes
what was added since, whatever the size of the log, and one that was killed is simply made again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rukhsa.catalogue.territory import territory
from rukhsa.issuance import public_file, publishing, site
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.log import read_note
from rukhsa.objects import Bucket, Store
from rukhsa.trust import checkpoint, tiles, tlog, trustlist
from rukhsa.trust.errors import TrustError
from rukhsa.trust.reading import bundle
from rukhsa.trust.tiles import WIDTH, Read, held


class ConditionsIgnored(IssuanceError):
    """The store does what it is told under a condition that does not hold: two machines would overwrite each other."""

    code = "conditions-ignored"


@dataclass(kw_only=True)
class Copied:
    """How many files a run wrote, and how many it found as they are."""

    written: int = 0
    left: int = 0


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """The place that is written, and what was done there."""

    there: Store
    copied: Copied

    def renew(self) -> None:
        """Bring lists and logs up to date: what they rest on first, each checkpoint last.

        Raises BadLog (log-forked, log-rolled-back) where another log is there, and Unavailable.
        """
        for name in site.files().under("open-data/").names():
            self.put(f"open-data/{name}", site.files().read(f"open-data/{name}"))
        self._trust_list()
        for authority in territory().authorities:
            self._status_lists(authority.code)
        for authority in territory().authorities:
            code = authority.code
            for address in (*(each.address for each in site.former_logs(code)), site.log_address(code)):
                self._log(code, site.name_of(address))

    def put(self, name: str, data: bytes) -> None:
        """Have a file there: made once if files of its kind never change, else replaced where it differs."""
        kind = public_file.kind_of(name)
        if kind and kind.never_changes:
            return self.make(name, data)
        while (shown := held(self.there, name)) != data:
            if self.there.swap(name, shown, data):
                self.copied.written += 1
                return None
        self.copied.left += 1
        return None

    def make(self, name: str, data: bytes, *, is_there: bool = False) -> None:
        """Have a file there that never changes, under a name that no other content has."""
        if is_there:
            self.copied.left += 1
            return
        self.there.create(name, data)
        self.copied.written += 1

    def _trust_list(self) -> None:
        self.put(site.ROOT_KEY, site.files().read(site.ROOT_KEY))
        ours, root = site.files().read(site.TRUST_LIST), site.root_jwk()
        shown = held(self.there, site.TRUST_LIST)
        if root is None or (shown and _version(shown, root) > _version(ours, root)):
            return  # a newer one came from another machine
        self.put(site.TRUST_LIST, ours)

    def _status_lists(self, code: str) -> None:
        folder = site.name_of(site.status_folder(code))
        lists = sorted(each for each in site.files().under(folder).names() if each.endswith(".cwt"))
        for each in lists:
            name = f"{folder}{each}"
            ours, shown = site.files().read(name), held(self.there, name)
            uri = f"{site.address()}{name}"
            theirs, own = (each and publishing.issued_at(each, uri, code) for each in (shown, ours))
            if theirs and own and theirs > own:
                continue  # another machine published since
            self.put(name, ours)
            as_jwt = f"{name.removesuffix('.cwt')}.jwt"
            if token := held(site.files(), as_jwt):
                self.put(as_jwt, token)

    def _log(self, code: str, folder: str) -> None:
        ours, there = site.files().under(folder), self.there.under(folder)
        note = tlog.published(ours)
        if note is None:
            return
        state, shown = read_note(note, code), held(there, tlog.CHECKPOINT_PATH)
        size = 0
        if shown is not None:
            earlier = checkpoint.said(shown.decode("utf-8", "replace"))
            tiles.check_continues(ours.read, earlier, state)
            size = earlier.size
        for path, data in grown(ours.read, size, state.size):
            there.create(path, data)
            self.copied.written += 1
        # Readers take the beginning of the full tile where the partial one is gone (C2SP tlog-tiles).
        for path in _filled(size, state.size):
            there.prune(path)
        self._show(there, state, tlog.CHECKPOINT_PATH)
        if witnessed := tlog.published(ours, tlog.WITNESSED_PATH):
            cosigned = read_note(witnessed, code)
            if cosigned.size <= state.size:
                self._show(there, cosigned, tlog.WITNESSED_PATH)

    def _show(self, there: Store, state: checkpoint.Checkpoint, path: str) -> None:
        before = held(there, path)
        tlog.publish(there, state, path)
        changed = held(there, path) != before
        self.copied.written += changed
        self.copied.left += not changed


def require_conditions(there: Store) -> None:
    """Raise ConditionsIgnored where a store overwrites what it was told not to."""
    if isinstance(there, Bucket) and not there.keeps_conditions():
        raise ConditionsIgnored("the store ignores If-None-Match or If-Match: docs/operating/objects.md")


def grown(read: Read, old: int, size: int) -> Iterator[tuple[str, bytes]]:
    """The tiles and bundles of a log of `size` that one of `old` entries has not, the last ones as wide as they are."""
    for number in range(old // WIDTH, -(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        if number * WIDTH + width > old:
            entries = bundle(read, number, size)
            yield tiles.entries_path(number, width), b"".join(len(e).to_bytes(2) + e for e in entries)
    level = 0
    while size >> tiles.HEIGHT * level:
        number = (old >> tiles.HEIGHT * level) // WIDTH
        while width := tiles.tile_width(level, number, size):
            if width > tiles.tile_width(level, number, old):
                yield tiles.tile_path(level, number, width), tiles.read_tile(read, level, number, size)
            number += 1
        level += 1


def _filled(old: int, size: int) -> Iterator[str]:
    """The full tiles and bundles of a log of `size` that were partial at `old`: one a level, and one bundle."""
    level = 0
    while old >> tiles.HEIGHT * level:
        number = (old >> tiles.HEIGHT * level) // WIDTH
        was, now = (tiles.tile_width(level, number, each) for each in (old, size))
        if 0 < was < now == WIDTH:
            yield tiles.tile_path(level, number)
            if level == 0:
                yield tiles.entries_path(number)
        level += 1


def _version(text: bytes, root: dict[str, str]) -> int:
    try:
        return trustlist.read(text.decode("utf-8", "replace"), root).version
    except TrustError:
        return -1  # not the root's: anything takes its place
