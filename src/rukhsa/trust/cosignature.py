"""Cosignatures (C2SP tlog-cosignature, Ed25519, v1): a witness says when it saw a checkpoint that only grew."""

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from rukhsa.trust import checkpoint
from rukhsa.trust.errors import BadKey, BadLog, BadSignature
from rukhsa.trust.keys import Jwk, PublicKey, Signer, base64url, from_base64url

_TIMESTAMPED_ED25519 = b"\x04"  # C2SP signed-note: the type of the signature
_VERIFIER_KEY = re.compile(rf"({checkpoint.NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]+={{0,2}})")
_LATEST = 1 << 63


class Cosigner(Protocol):
    """A witness as a reader knows it: its name and its key."""

    @property
    def name(self) -> str: ...

    @property
    def public(self) -> PublicKey: ...


def sign(note: str, *, name: str, signer: Signer, at: datetime) -> str:
    """The line, with its newline, by which `name` cosigns the checkpoint of `note` at `at`. Raises BadLog."""
    body, _ = checkpoint.open_note(note)
    seconds = int(at.timestamp())
    value = key_id(name, signer.jwk) + seconds.to_bytes(8) + signer.sign(_message(body, seconds))
    return f"— {name} {base64.b64encode(value).decode()}\n"


def verify(note: str, witnesses: Iterable[Cosigner]) -> dict[bytes, datetime]:
    """Which of `witnesses` cosigned the checkpoint of `note`: the kid of their key -> when (UTC).

    Lines of others are passed over; one of a known witness that does not verify spoils the note. Raises BadLog.
    """
    known = {(each.name, key_id(each.name, each.public.jwk)): each.public for each in witnesses}
    body, signatures = checkpoint.open_note(note)
    found: dict[bytes, datetime] = {}
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            found[key.kid] = _verify(body, signature.value, key)
    return found


def key_id(name: str, jwk: Jwk) -> bytes:
    """The four bytes that name a key for cosignatures: others than for the same key's plain signatures."""
    public = from_base64url(jwk["x"])
    return hashlib.sha256(name.encode() + b"\n" + _TIMESTAMPED_ED25519 + public).digest()[:4]


def verifier_key(name: str, jwk: Jwk) -> str:
    """The witness's key as other tools of the ecosystem take it: name+id+base64."""
    encoded = base64.b64encode(_TIMESTAMPED_ED25519 + from_base64url(jwk["x"])).decode()
    return f"{name}+{key_id(name, jwk).hex()}+{encoded}"


def read_verifier_key(text: str) -> tuple[str, PublicKey]:
    """The name and the key of a witness from its verifier key. Raises BadKey."""
    match = _VERIFIER_KEY.fullmatch(text)
    try:
        data = base64.b64decode(match[3], validate=True) if match else b""
    except ValueError as error:
        raise BadKey("bad-verifier-key", text) from error
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(data[1:])}
    if match is None or len(data) != 33 or verifier_key(match[1], jwk) != text:
        raise BadKey("bad-verifier-key", text)
    return match[1], PublicKey(jwk=jwk)


def _verify(body: str, value: bytes, key: PublicKey) -> datetime:
    seconds = int.from_bytes(value[:8])
    try:
        key.verify(value[8:], _message(body, seconds))
        if seconds >= _LATEST:
            raise BadSignature("bad-signature", "a time beyond every clock")
        return datetime.fromtimestamp(seconds, UTC)
    except (BadSignature, ValueError, OverflowError, OSError) as error:
        raise BadLog("bad-cosignature", str(error)) from error


def _message(body: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()
