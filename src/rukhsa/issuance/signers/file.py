"""Keys in files of mode 0400, owned by whoever signs."""

import os
import stat
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from rukhsa.issuance import evidence, keys
from rukhsa.issuance.errors import KeyFault, SignerRefused
from rukhsa.issuance.models import Intent
from rukhsa.issuance.readback import attachments_of
from rukhsa.issuance.signature import sign_pdf
from rukhsa.issuance.signers import SealSignature
from rukhsa.trust import seal
from rukhsa.trust.keys import MemorySigner, to_der
from rukhsa.trust.keys import Signer as KeySigner


class FileSigner:
    """The signer of a small deployment: it runs where its key files are readable."""

    def seal(self, intent: UUID, *, at: datetime) -> SealSignature:
        """Sign the facts of a committed intent that has no seal yet."""
        found = _intent(intent)
        if hasattr(found, "sealing"):
            raise SignerRefused("this intent has its seal already")
        key = self._key(found.authority_id, "seal", at)
        message = seal.to_be_signed(evidence.claims_of(found, issued_at=at), key.kid)
        return SealSignature(kid=key.kid, signature=key.sign(message))

    def certify(self, intent: UUID, pdf: bytes, *, at: datetime) -> bytes:
        """Sign the file of an intent, if it carries the intent's own seal and was not signed before."""
        found = _intent(intent)
        if hasattr(found, "file"):
            raise SignerRefused("the document of this intent is signed already")
        if attachments_of(pdf).get("seal.cwt") != evidence.seal_bytes_of(found):
            raise SignerRefused("the file does not carry the seal of its intent")
        key = keys.key_for(found.authority_id, "pdf", at=at)
        private = _load(keys.folder() / f"{key.name}.pem", key.public.kid)
        certificate = x509.load_pem_x509_certificate((keys.folder() / f"{key.name}.crt").read_bytes())
        return sign_pdf(
            pdf, sign=lambda content: to_der(private.sign(content)), certificates=(certificate,), at=at
        )

    def status(self, authority: str, *, at: datetime) -> KeySigner:
        """The key of an authority's status lists."""
        return self._key(authority, "status", at)

    def log(self, authority: str, *, at: datetime) -> KeySigner:
        """The key of an authority's log."""
        return self._key(authority, "log", at)

    def root(self, *, at: datetime) -> KeySigner:
        """The key of the trust list."""
        return self._key(keys.ROOT, keys.ROOT, at)

    def check(self) -> None:
        """Load every key of the index: it fails here and not at the first signature."""
        for key in keys.index():
            _load(keys.folder() / f"{key.name}.pem", key.public.kid)

    def _key(self, authority: str, purpose: str, at: datetime) -> MemorySigner:
        key = keys.key_for(authority, purpose, at=at)
        return _load(keys.folder() / f"{key.name}.pem", key.public.kid)


def _intent(intent: UUID) -> Intent:
    found = Intent.objects.select_related("sealing", "file").filter(pk=intent).first()
    if found is None:
        raise SignerRefused("there is no such intent")
    return found


@lru_cache(maxsize=256)
def _load(path: Path, kid: bytes) -> MemorySigner:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeyFault(f"{path.name} cannot be read") from error
    if mode != 0o400 or path.stat().st_uid != os.geteuid():
        raise KeyFault(f"{path.name} must be of mode 0400 and ours")
    if not isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise KeyFault(f"{path.name} is of another kind")
    loaded = MemorySigner(private=private)
    if loaded.kid != kid:
        raise KeyFault(f"{path.name} is not the key of the index")
    return loaded
