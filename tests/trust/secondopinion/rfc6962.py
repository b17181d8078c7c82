"""A log by the letter of RFC 6962 §2.1 and of C2SP signed-note, in one page that shares no code with ours."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(entries: list[bytes]) -> bytes:
    """MTH(D[n]): the Merkle Tree Hash."""
    if len(entries) <= 1:
        return hashlib.sha256(b"".join([b"\x00" + each for each in entries])).digest()
    at = split(len(entries))
    return hashlib.sha256(b"\x01" + mth(entries[:at]) + mth(entries[at:])).digest()


def path(index: int, entries: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]): the audit path."""
    if len(entries) == 1:
        return []
    at = split(len(entries))
    if index < at:
        return [*path(index, entries[:at]), mth(entries[at:])]
    return [*path(index - at, entries[at:]), mth(entries[:at])]


def proof(size: int, entries: list[bytes]) -> list[bytes]:
    """PROOF(m, D[n]): the consistency proof."""
    return subproof(size, entries, whole=True)


def subproof(size: int, entries: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if size == len(entries):
        return [] if whole else [mth(entries)]
    at = split(len(entries))
    if size <= at:
        return [*subproof(size, entries[:at], whole=whole), mth(entries[at:])]
    return [*subproof(size - at, entries[at:], whole=False), mth(entries[:at])]


def open_checkpoint(note: str, verifier_key: str) -> tuple[int, bytes]:
    """The size and root of a checkpoint, once a line by the verifier key was found to sign its text."""
    name, key_id, encoded = verifier_key.split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id
    at = note.rindex("\n\n")
    text, lines = note[: at + 1], note[at + 2 :].splitlines()
    for line in lines:
        dash, signer, signature = line.split(" ")
        data = base64.b64decode(signature)
        if (dash, signer, data[:4].hex()) == ("—", name, key_id):
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(data[4:], text.encode())
            return int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])
    raise ValueError("not signed")
