"""Checkpoints of a log: C2SP signed notes under an Ed25519 key, with the time as an extension line."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rukhsa.trust.errors import BadLog, BadSignature
from rukhsa.trust.keys import Jwk, PublicKey, Signer, from_base64url

MAXIMUM_LENGTH = 1 << 16  # sixteen signatures of any kind have room, as C2SP signed-note asks
_ED25519 = b"\x01"  # C2SP signed-note: the type of the signature
_BODY = re.compile(
    r"([!-~]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\nat ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)\n",
    re.ASCII,
)
# The name of a key: anything but control characters, Unicode's spaces and plus.
NAME = r"[^\x00-\x20+\x7f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
_SIGNATURE = re.compile(rf"— ({NAME}) ([A-Za-z0-9+/]+={{0,2}})")


@dataclass(frozen=True, kw_only=True)
class NoteSignature:
    """One line of a signed note: who signed, the four bytes that name the key, and what it made."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The state of a log: its name, how many entries, their root, when (UTC, whole seconds)."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str = field(default="", repr=False, compare=False)  # as signed; empty before signing


def sign(checkpoint: Checkpoint, signer: Signer) -> Checkpoint:
    """The checkpoint with its note signed in the name of its origin."""
    body = _body(checkpoint)
    signature = key_id(checkpoint.origin, signer.jwk) + signer.sign(body.encode())
    note = f"{body}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"
    return read(note, origin=checkpoint.origin, key=PublicKey(jwk=signer.jwk))


def read(note: str, *, origin: str, key: PublicKey) -> Checkpoint:
    """Read a checkpoint of `origin` signed by `key`; signatures of others are passed over. Raises BadLog."""
    body, signatures = open_note(note)
    checkpoint = said(note)
    if checkpoint.origin != origin:
        raise BadLog("bad-checkpoint", "of another log")
    _verify(body, signatures, origin, key)
    return checkpoint


def said(note: str) -> Checkpoint:
    """What a note says, with no signature verified. Raises BadLog."""
    body, _ = open_note(note)
    return _parse(body, note)


def open_note(note: str) -> tuple[str, list[NoteSignature]]:
    """C2SP signed-note: the text with its last newline, and its signatures, unverified. Raises BadLog."""
    if len(note) > MAXIMUM_LENGTH:
        raise BadLog("bad-checkpoint", "too long")
    body, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise BadLog("bad-checkpoint", "not a signed note")
    return body + "\n", [_signature(line) for line in lines[:-1].split("\n")]


def key_id(name: str, jwk: Jwk) -> bytes:
    """C2SP signed-note: the four bytes that name an Ed25519 key."""
    public = from_base64url(jwk["x"])
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, jwk: Jwk) -> str:
    """The key as other tools of the ecosystem take it: name+id+base64."""
    encoded = base64.b64encode(_ED25519 + from_base64url(jwk["x"])).decode()
    return f"{name}+{key_id(name, jwk).hex()}+{encoded}"


def _body(checkpoint: Checkpoint) -> str:
    root = base64.b64encode(checkpoint.root).decode()
    at = checkpoint.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\nat {at}\n"


def _parse(body: str, note: str) -> Checkpoint:
    match = _BODY.fullmatch(body)
    if match is None:
        raise BadLog("bad-checkpoint", "origin, size, root and time, a line each")
    try:
        root = base64.b64decode(match[3], validate=True)
        at = datetime.strptime(match[4], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadLog("bad-checkpoint", str(error)) from error
    if base64.b64encode(root).decode() != match[3]:
        raise BadLog("bad-checkpoint", "the root is not in canonical base64")
    return Checkpoint(origin=match[1], size=int(match[2]), root=root, at=at, note=note)


def _signature(line: str) -> NoteSignature:
    match = _SIGNATURE.fullmatch(line)
    try:
        data = base64.b64decode(match[2], validate=True) if match else b""
    except ValueError:
        data = b""
    if match is None or len(data) < 5 or base64.b64encode(data).decode() != match[2]:
        raise BadLog("bad-checkpoint", "a malformed line of signature")
    return NoteSignature(name=match[1], key_id=data[:4], value=data[4:])


def _verify(body: str, signatures: list[NoteSignature], origin: str, key: PublicKey) -> None:
    expected = (origin, key_id(origin, key.jwk))
    ours = [each.value for each in signatures if (each.name, each.key_id) == expected]
    if not ours:
        raise BadLog("bad-checkpoint", "not signed by the log's key")
    for value in ours:
        try:
            key.verify(value, body.encode())
        except BadSignature as error:
            raise BadLog("bad-checkpoint", "the log's signature does not verify") from error
