"""The C2SP tlog-proof file: the evidence, in a few lines of text, that an entry is in a log."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rukhsa.trust import checkpoint, merkle
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog
from rukhsa.trust.keys import PublicKey

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)
_EXTRA = re.compile(r"extra [A-Za-z0-9+/]+={0,2}", re.ASCII)
_MAXIMUM_LENGTH = checkpoint.MAXIMUM_LENGTH + 8192


@dataclass(frozen=True, kw_only=True)
class LogProof:
    """A proof as read: well formed, and not yet verified."""

    index: int
    hashes: tuple[bytes, ...]
    note: str

    @property
    def written(self) -> str:
        """The text without extra data: the one way to write what is checked."""
        return write(index=self.index, hashes=self.hashes, note=self.note)

    def check(self, entry: bytes, state: Checkpoint) -> None:
        """Check that `entry` is in the log at the checkpoint `state`. Raises BadLog."""
        merkle.verify_inclusion(merkle.leaf_hash(entry), self.index, state.size, self.hashes, state.root)

    def verify(self, entry: bytes, *, origin: str, key: PublicKey) -> Checkpoint:
        """Check that `entry` is in the log of `origin` under a checkpoint signed by `key`. Raises BadLog."""
        state = checkpoint.read(self.note, origin=origin, key=key)
        self.check(entry, state)
        return state


def write(*, index: int, hashes: Sequence[bytes], note: str) -> str:
    """The text of a proof: header, index, hashes, an empty line, the checkpoint."""
    lines = [_HEADER, f"index {index}", *(base64.b64encode(each).decode() for each in hashes), ""]
    return "\n".join(lines) + "\n" + note


def read(text: str) -> LogProof:
    """Read the text of a proof; extra data is ignored, as it is not signed. Raises BadLog("bad-proof")."""
    head, gap, note = text.partition("\n\n")
    header, *lines = head.split("\n")
    if lines and _EXTRA.fullmatch(lines[0]):
        del lines[0]
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if len(text) > _MAXIMUM_LENGTH or not gap or header != _HEADER or index is None or len(lines) > 64:
        raise BadLog("bad-proof", "not a tlog-proof of version 1")
    return LogProof(index=int(index[1]), hashes=tuple(map(_hash, lines[1:])), note=note)


def _hash(line: str) -> bytes:
    try:
        value = base64.b64decode(line, validate=True)
    except ValueError as error:
        raise BadLog("bad-proof", "a hash is not base64") from error
    if len(value) != 32 or base64.b64encode(value).decode() != line:
        raise BadLog("bad-proof", "a hash is not of 32 bytes")
    return value
