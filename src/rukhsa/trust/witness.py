"""The protocol between a log and its witnesses (C2SP tlog-witness): what is asked, and when it is refused."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rukhsa.trust import checkpoint, merkle
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog, TrustError
from rukhsa.trust.keys import PublicKey

MAXIMUM_LENGTH = checkpoint.MAXIMUM_LENGTH + 4096
SIZE_TYPE = "text/x.tlog.size"  # the media type of the answer 409, which says what size was seen last
_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})", re.ASCII)
_HASHES = 63


class Refused(TrustError):
    """A request that a witness refuses; `status` is the status code of HTTP."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Request:
    """The body of add-checkpoint: the size the log believes was seen last, the proof from there, the note."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def origin(self) -> str:
        """The log that the note names; not trusted before its signature is verified."""
        return self.note.partition("\n")[0]


def write(*, old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body of a request."""
    lines = [f"old {old_size}", *(base64.b64encode(each).decode() for each in proof), ""]
    return ("\n".join(lines) + "\n" + note).encode()


def read(body: bytes) -> Request:
    """Read the body of a request. Raises Refused with 400."""
    try:
        head, gap, note = body.decode().partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        proof = tuple(base64.b64decode(line, validate=True) for line in lines)
        checkpoint.open_note(note)
    except (ValueError, BadLog) as error:
        raise Refused(400, "bad-request", str(error)) from error
    if not gap or old is None or len(lines) > _HASHES or any(len(each) != 32 for each in proof):
        raise Refused(400, "bad-request", "old size, proof, an empty line and a checkpoint")
    return Request(old_size=int(old[1]), proof=proof, note=note)


def judge(request: Request, *, keys: Sequence[PublicKey], seen: Checkpoint | None) -> Checkpoint:
    """The checkpoint to be cosigned and remembered, after `seen`, in one step with this question. Raises Refused.

    `keys` are those of the log of the request's origin; none where the witness does not know the log.
    """
    if not keys:
        raise Refused(404, "unknown-log", request.origin)
    new = _signed(request, keys)
    if request.old_size > new.size:
        raise Refused(400, "bad-request", f"{request.old_size} is more than {new.size}")
    size = seen.size if seen else 0
    if request.old_size != size:
        raise Refused(409, "other-size", str(size))
    try:
        _check_continues(request, seen, new)
    except BadLog as error:
        raise Refused(422, error.code, error.detail) from error
    return new


def _signed(request: Request, keys: Sequence[PublicKey]) -> Checkpoint:
    refusal = BadLog("bad-checkpoint")
    for key in keys:
        try:
            return checkpoint.read(request.note, origin=request.origin, key=key)
        except BadLog as error:
            refusal = error
    raise Refused(403, refusal.code, refusal.detail) from refusal


def _check_continues(request: Request, seen: Checkpoint | None, new: Checkpoint) -> None:
    if seen is not None and seen.size:
        return merkle.verify_consistency(seen.size, new.size, request.proof, seen.root, new.root)
    if request.proof:
        raise BadLog("bad-consistency", "a proof from the empty tree")
    if not new.size and new.root != merkle.EMPTY_ROOT:
        raise BadLog("bad-consistency", "the empty tree has another root")
