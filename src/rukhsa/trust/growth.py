"""The growth of a log from its first entry: every tile and every root again, holding no more than the right edge."""

from collections.abc import Iterator

from rukhsa.trust import merkle, tiles
from rukhsa.trust.tiles import WIDTH

type File = tuple[str, bytes]


class Growth:
    """A log that is built again, entry by entry."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[bytes]] = []
        self._entries: list[bytes] = []

    def append(self, entry: bytes) -> Iterator[File]:
        """Add an entry; the full tiles that it completes, with their paths."""
        self._entries.append(len(entry).to_bytes(2) + entry)
        self.size += 1
        new: bytes | None = merkle.leaf_hash(entry)
        level = 0
        while new is not None:
            if level == len(self._levels):
                self._levels.append([])
            hashes = self._levels[level]
            hashes.append(new)
            new = None
            if len(hashes) == WIDTH:
                if not level:
                    yield tiles.entries_path(self.size // WIDTH - 1), b"".join(self._entries)
                    self._entries.clear()
                number = (self.size >> tiles.HEIGHT * (level + 1)) - 1
                yield tiles.tile_path(level, number), b"".join(hashes)
                new = merkle.root_of(hashes)
                hashes.clear()
            level += 1

    def edge(self, final: int) -> Iterator[File]:
        """The partial tiles at the present size that no full tile covers in the log of `final` entries."""
        for level, hashes in enumerate(self._levels):
            number = self.size >> tiles.HEIGHT * (level + 1)
            if hashes and tiles.tile_width(level, number, final) < WIDTH:
                yield tiles.tile_path(level, number, len(hashes)), b"".join(hashes)
                if not level:
                    yield tiles.entries_path(number, len(hashes)), b"".join(self._entries)

    def root(self) -> bytes:
        """RFC 9162 §2.1.1: the root at the present size."""
        parts = [part for hashes in reversed(self._levels) for part in _powers_of_two(hashes)]
        if not parts:
            return merkle.EMPTY_ROOT
        root = parts.pop()
        while parts:
            root = merkle.node_hash(parts.pop(), root)
        return root


def _powers_of_two(hashes: list[bytes]) -> Iterator[bytes]:
    """The roots of the complete subtrees over the hashes of one tile, the largest first."""
    at = 0
    for bit in reversed(range(tiles.HEIGHT)):
        if len(hashes) >> bit & 1:
            yield merkle.root_of(hashes[at : at + (1 << bit)])
            at += 1 << bit
