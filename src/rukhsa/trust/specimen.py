"""The specimen key: its secret is public, so that anyone can make a specimen and none passes for a document."""

import hashlib
from functools import cache

from rukhsa.trust.keys import ORDER, MemorySigner, PublicKey

_SECRET = int.from_bytes(hashlib.sha256(b"rukhsa specimen: not issued").digest()) % ORDER


@cache
def signer() -> MemorySigner:
    """The signer of specimens: drafts and previews. Its key is in no trust list."""
    return MemorySigner.p256(_SECRET)


@cache
def public_key() -> PublicKey:
    """The public half; its kid tells a specimen from a forgery."""
    return PublicKey(jwk=signer().jwk)
