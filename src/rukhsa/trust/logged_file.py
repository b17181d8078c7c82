"""A published file that a public log has entered: its proof, and that the log which is shown goes on from there."""

from collections.abc import Callable
from dataclasses import dataclass

from rukhsa.trust import tiles, tlog, tlogproof
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog
from rukhsa.trust.evidence import read_checkpoint, read_proving_checkpoint
from rukhsa.trust.sources import StoreSource
from rukhsa.trust.trustlist import Authority, TrustList


@dataclass(frozen=True)
class Entered:
    """Where a file is entered: the log by its origin, and the number of entries that the log shows now."""

    log: str
    size: int


def find(
    kind: str, content: bytes, proof: bytes, *, read: Callable[[str], bytes], trust_list: TrustList
) -> Entered:
    """The log of the trust list that has `[kind, SHA-256(content)]` by this tlog-proof, and continues from it.

    `read` gives a published file by its name, such as `log/cap/checkpoint`. Raises BadLog where no log of the list has
    it, or the log that is shown is another than that of the proof; Unavailable.
    """
    authority, entered = _entered(kind, content, proof.decode("utf-8", "replace"), trust_list)
    source = StoreSource(read=read, stands_for=f"https://{trust_list.verifiers[0]}/")
    note = source.fetch(f"{authority.log_address}checkpoint").decode("utf-8", "replace")
    shown = read_checkpoint(note, authority)
    tiles.check_continues(lambda path: source.fetch(authority.log_address + path), entered, shown)
    return Entered(log=authority.log_origin, size=shown.size)


def _entered(kind: str, content: bytes, text: str, trust_list: TrustList) -> tuple[Authority, Checkpoint]:
    """The authority whose log has the file, and the checkpoint that proves it."""
    proof, refusal = tlogproof.read(text), BadLog("bad-proof", "the trust list names no log")
    for authority in trust_list.authorities:
        try:
            state = read_proving_checkpoint(proof.note, authority)
            proof.check(tlog.entry(kind, content), state)
        except BadLog as error:
            refusal = error
            continue
        return authority, state
    raise refusal
