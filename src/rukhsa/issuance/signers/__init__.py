"""The port to whoever holds the keys: it is told which intent to sign, never which bytes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from rukhsa.trust.keys import Signer as KeySigner


@dataclass(frozen=True, kw_only=True)
class SealSignature:
    """The signature over an intent's facts: the key's name of 8 bytes, and r and s of 32 bytes each."""

    kid: bytes
    signature: bytes


class Signer(Protocol):
    """Holds the keys of the authorities. Every method raises `SignerRefused` or `KeyFault`."""

    def seal(self, intent: UUID, *, at: datetime) -> SealSignature:
        """Read the intent, committed before, and sign its facts: once."""

    def certify(self, intent: UUID, pdf: bytes, *, at: datetime) -> bytes:
        """Sign the composed file of an intent that is sealed and in the log; the file must carry that seal."""

    def status(self, authority: str, *, at: datetime) -> KeySigner:
        """The key that signs an authority's status lists."""

    def log(self, authority: str, *, at: datetime) -> KeySigner:
        """The key that signs the checkpoints of an authority's log."""

    def root(self, *, at: datetime) -> KeySigner:
        """The key that signs the trust list; offline in production."""

    def check(self) -> None:
        """Refuse keys that are missing, readable by others, or not those of the index."""


def signer() -> Signer:
    """The signer that the settings name by its dotted path."""
    made: Signer = import_string(settings.RUKHSA_SIGNER)()
    return made
