"""The key by which push services and browsers know messages of this installation (VAPID, RFC 8292)."""

import base64
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class PushKey:
    """A pair on the curve P-256, as PEM; `shown` is the public point in base64url, as browsers take it."""

    private: bytes
    public: bytes
    shown: str


def push_key() -> PushKey | None:
    """The key of this installation; None where production names no file, so that there is no push.

    Raises OSError or ValueError for a file that holds no such key. In development one is made.
    """
    path = settings.CONFIG.push.key
    if path is None and not settings.CONFIG.in_production:
        path = settings.CONFIG.data / "push" / "key.pem"
        if not path.exists():
            make_push_key(path)
    return _read(path) if path else None


def make_push_key(path: Path) -> None:
    """Write a new key into a file of mode 0400; one that is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb")
    except FileExistsError:
        return
    with file:
        file.write(_private_pem(ec.generate_private_key(ec.SECP256R1())))


@cache
def _read(path: Path) -> PushKey:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"{path} holds no key of the curve P-256")
    public = key.public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return PushKey(
        private=_private_pem(key),
        public=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        shown=base64.urlsafe_b64encode(point).rstrip(b"=").decode(),
    )


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
