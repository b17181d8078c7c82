"""Keys in files of mode 0400 that the signer's user owns."""

import os
import stat
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from rukhsa.issuance import key_index
from rukhsa.issuance.key_index import IndexedKey, KeyFault
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.tiles import write_once

type Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class FileHolder:
    """The holder of keys in files: it signs in the process that may read them."""

    def sign(self, key: IndexedKey, message: bytes) -> bytes:
        """Sign with the key of a file."""
        return _load(key_index.folder() / f"{key.name}.pem", key.public.kid).sign(message)

    def check(self, key: IndexedKey) -> None:
        """Load the file."""
        _load(key_index.folder() / f"{key.name}.pem", key.public.kid)


def make(purpose: str) -> Private:
    """A new private key of the kind for a purpose."""
    return (
        ed25519.Ed25519PrivateKey.generate() if purpose == "log" else ec.generate_private_key(ec.SECP256R1())
    )


def keep(key: IndexedKey, private: Private) -> None:
    """Write the file of a new key. An existing file is never overwritten."""
    encoded = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_once(key_index.folder() / f"{key.name}.pem", encoded, 0o400)


@lru_cache(maxsize=256)
def _load(path: Path, kid: bytes) -> MemorySigner:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeyFault(f"{path.name} cannot be read") from error
    if mode != 0o400 or path.stat().st_uid not in _owners(path.parent):
        raise KeyFault(f"{path.name} must be of mode 0400 and ours")
    if not isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise KeyFault(f"{path.name} is of another kind")
    loaded = MemorySigner(private=private)
    if loaded.kid != kid:
        raise KeyFault(f"{path.name} is not the key of the index")
    return loaded


def _owners(folder: Path) -> set[int]:
    """The users who may own a key: ours; where root signs by hand, also the owner of the folder."""
    return {os.geteuid()} if os.geteuid() else {0, folder.stat().st_uid}
