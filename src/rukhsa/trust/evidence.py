"""What a verifier has fetched and checked: status lists and logs, each checked once and then remembered."""

from dataclasses import dataclass, field

from rukhsa.trust import checkpoint, cosignature, merkle, statuslist, tiles
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog, BadStatusList, Unavailable
from rukhsa.trust.keys import PublicKey
from rukhsa.trust.memory import Memory, Seen
from rukhsa.trust.sources import Source
from rukhsa.trust.statuslist import StatusList
from rukhsa.trust.tiles import State
from rukhsa.trust.trustlist import Authority, FormerLog

_TILES_KEPT = 1024


@dataclass(kw_only=True)
class StatusLists:
    """The status lists seen so far; an older one than before is refused."""

    source: Source
    memory: Memory = field(default_factory=Memory)
    _seen: dict[str, tuple[bytes, StatusList]] = field(default_factory=dict)

    def status_list(self, uri: str, authority: Authority) -> StatusList:
        """The list at `uri`, signed; whether it is fresh is the caller's to ask. Raises BadStatusList, Unavailable."""
        token, seen = self.source.fetch(uri), self._seen.get(uri)
        if seen is not None and (token is seen[0] or token == seen[0]):
            status_list = seen[1]
        else:
            status_list = statuslist.read(token, uri=uri, keys=authority.keys_for("status"))
            if status_list.bits != statuslist.BITS:
                raise BadStatusList("bad-status-list", "not of two bits")
            if status_list.issued_at < self.memory.status.get(uri, 0):
                raise BadStatusList("status-rolled-back")
            self._seen[uri], self.memory.status[uri] = (token, status_list), status_list.issued_at
        return status_list


@dataclass(kw_only=True)
class Logs:
    """The logs seen so far; one that became shorter, or another of the same size, is refused."""

    source: Source
    memory: Memory = field(default_factory=Memory)
    _views: dict[str, "LogView"] = field(default_factory=dict)

    def view(self, authority: Authority) -> "LogView":
        """The authority's log at its newest checkpoint. Raises BadLog, Unavailable."""
        note = self.source.fetch(f"{authority.log_address}checkpoint")
        seen = self._views.get(authority.log_origin)
        if seen is not None and seen.note == note:
            return seen
        view = LogView(
            source=self.source, address=authority.log_address, note=note, state=_state(note, authority)
        )
        for ended in authority.former_logs:
            self._check_succeeds(view, ended)
        if (earlier := self.memory.logs.get(authority.log_origin)) is not None:
            view.check_continues(earlier)
        self._views[authority.log_origin] = view
        self.memory.logs[authority.log_origin] = Seen(size=view.state.size, root=view.state.root)
        return view

    def _check_succeeds(self, view: "LogView", ended: FormerLog) -> None:
        """The log begins with all that one before it had at its end, and with what was seen of that one."""
        view.check_continues(ended)
        seen = self.memory.logs.get(ended.origin)
        if seen is not None and seen.size > ended.size:
            raise BadLog(
                "log-rolled-back", f"{ended.origin} had {seen.size} entries before it ended at {ended.size}"
            )
        if seen is not None:
            view.check_continues(seen)


@dataclass(kw_only=True)
class LogView:
    """A log at one checkpoint, with the tiles that were found to belong to it."""

    source: Source
    address: str
    note: bytes
    state: Checkpoint
    _tiles: dict[int, bytes] = field(default_factory=dict)
    _witnessed: int | None = None

    def holds(self, entry: bytes, index: int) -> bool:
        """Whether `entry` stands at `index`, which is below the log's size. Raises BadLog, Unavailable."""
        number, place = divmod(index, tiles.WIDTH)
        tile = self._tiles.get(number) or self._check_tile(number)
        return tile[place * tiles.HASH : (place + 1) * tiles.HASH] == merkle.leaf_hash(entry)

    def check_continues(self, earlier: State) -> None:
        """The log begins as it did at the earlier state. Raises BadLog, Unavailable."""
        tiles.check_continues(self._read, earlier, self.state)

    def witnessed_size(self, authority: Authority) -> int:
        """Below which size a quorum of the authority's witnesses vouches. Raises BadLog, Unavailable."""
        if self._witnessed is None:
            self._witnessed = self._read_witnessed(authority)
        return self._witnessed

    def _read_witnessed(self, authority: Authority) -> int:
        if len(cosignature.verify(self.note.decode(), authority.witnesses)) >= authority.quorum:
            return self.state.size
        try:
            note = self._read("checkpoint.witnessed")
            witnessed = _state(note, authority)
        except Unavailable:
            return 0
        except BadLog as error:
            if error.code == "log-key-compromised":
                return 0  # the witnesses will see what goes on under the new key
            raise
        if len(cosignature.verify(note.decode(), authority.witnesses)) < authority.quorum:
            return 0
        # Between the two fetches the log may have grown: either may be the later one.
        first, last = sorted((self.state, witnessed), key=lambda state: state.size)
        tiles.check_continues(self._read, first, last)
        return first.size

    def _check_tile(self, number: int) -> bytes:
        """One tile of leaves, found to belong to the log; the server learns only which 256 were asked for."""
        size = self.state.size
        tile = tiles.read_tile(self._read, 0, number, size)
        proof = tiles.inclusion_proof(self._read, number * tiles.WIDTH, size, width=tiles.WIDTH)
        count = -(-size // tiles.WIDTH)
        merkle.verify_inclusion(merkle.root_of(tiles.hashes_in(tile)), number, count, proof, self.state.root)
        if len(self._tiles) >= _TILES_KEPT:
            self._tiles.clear()
        self._tiles[number] = tile
        return tile

    def _read(self, path: str) -> bytes:
        return self.source.fetch(self.address + path)


def _state(note: bytes, authority: Authority) -> Checkpoint:
    """The checkpoint under any of the authority's log keys."""
    try:
        text = note.decode()
    except UnicodeDecodeError as error:
        raise BadLog("bad-checkpoint", "not text") from error
    return read_checkpoint(text, authority)


def read_proving_checkpoint(note: str, authority: Authority) -> Checkpoint:
    """Read the checkpoint of a proof, of the authority's log or of one that has ended.

    Raises BadLog as `read_checkpoint` does; `log-ended` for what a log says beyond its end, or otherwise than it ended:
    the log that followed must then be asked.
    """
    origin = checkpoint.said(note).origin
    ended = next((each for each in authority.former_logs if each.origin == origin), None)
    if ended is None:
        return read_checkpoint(note, authority)
    state = read_checkpoint(note, authority, origin=origin)
    if not is_within(state, ended):
        raise BadLog("log-ended", f"{origin} ended at {ended.size}, and the checkpoint is of {state.size}")
    return state


def is_within(state: State, ended: State) -> bool:
    """Whether a checkpoint of a log that ended is not beyond its end, nor another tree of that size."""
    return state.size < ended.size or (state.size == ended.size and state.root == ended.root)


def read_checkpoint(note: str, authority: Authority, *, origin: str = "") -> Checkpoint:
    """Read a checkpoint of the authority's log, or of the one named `origin`, under any of its log keys.

    Raises BadLog; `log-key-compromised` where only a lost key signed it: the log itself must then be asked.
    """
    origin = origin or authority.log_origin
    refusal = BadLog("bad-checkpoint", "the authority has no log key")
    for key in authority.keys_for("log"):
        try:
            return checkpoint.read(note, origin=origin, key=key)
        except BadLog as error:
            refusal = error
    if any(_signed_it(key, note, origin) for key in authority.lost_keys_for("log")):
        raise BadLog("log-key-compromised", "a key signed it that is no longer the authority's alone")
    raise refusal


def _signed_it(key: PublicKey, note: str, origin: str) -> bool:
    try:
        checkpoint.read(note, origin=origin, key=key)
    except BadLog:
        return False
    return True
