"""Holders of the secrets of keys: files, or a token behind PKCS#11."""

from dataclasses import dataclass
from typing import Protocol

from rukhsa.issuance.key_index import IN_FILE, IndexedKey, KeyFault
from rukhsa.trust.keys import Jwk


class Holder(Protocol):
    """Holds secrets and never returns one. Methods raise KeyFault, SignerUnavailable or PinRefused."""

    def sign(self, key: IndexedKey, message: bytes) -> bytes:
        """The raw signature of 64 bytes: r and s with low s, or Ed25519's. Only for `rukhsa.issuance.signers`."""

    def check(self, key: IndexedKey) -> None:
        """Find the key and compare it with the index."""


@dataclass(frozen=True, kw_only=True)
class HeldKey:
    """A key of the index in the form that `rukhsa.trust` takes as a signer. It does not leave this package."""

    key: IndexedKey

    @property
    def jwk(self) -> Jwk:
        """The public key."""
        return self.key.jwk

    @property
    def kid(self) -> bytes:
        """Its id."""
        return self.key.public.kid

    def sign(self, message: bytes) -> bytes:
        """Have a message signed by the holder."""
        return holder_of(self.key).sign(self.key, message)


def holder_of(key: IndexedKey) -> Holder:
    """The holder of a key, by the index."""
    if key.held == IN_FILE:
        from rukhsa.issuance.signers.file import FileHolder

        return FileHolder()
    if key.held.startswith("pkcs11:"):
        from rukhsa.issuance.signers.pkcs11 import token_of

        return token_of(key.held)
    raise KeyFault(f"{key.name} is held by {key.held!r}, which is neither a file nor a token")
