"""The index of keys: whose they are, for what, since when; their secrets lie beside it or in a module."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings

from rukhsa.catalogue.territory import territory
from rukhsa.issuance.errors import KeyFault
from rukhsa.trust.keys import Jwk, PublicKey, jwk_of
from rukhsa.trust.tiles import write_durably

ROOT: Final = "root"
PURPOSES: Final = ("seal", "pdf", "status", "log")
# Development keys hold from before the first paper document that the story tells of.
DEVELOPMENT_SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
DEVELOPMENT_FOR: Final = timedelta(days=2 * 365)

type Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, kw_only=True)
class IndexedKey:
    """A key as the index knows it: `authority` is a code, or "root"; periods in UTC, the end excluded."""

    authority: str
    purpose: str
    jwk: Jwk
    not_before: datetime
    not_after: datetime
    compromised_since: datetime | None = None
    compromised_log_size: int | None = None

    @cached_property
    def public(self) -> PublicKey:
        """The public key."""
        return PublicKey(jwk=self.jwk)

    @property
    def name(self) -> str:
        """The name of its files, without an ending."""
        return f"{self.authority}-{self.purpose}-{self.public.kid.hex()}"


def index() -> tuple[IndexedKey, ...]:
    """Every key of this deployment, in the order in which they were made."""
    file = folder() / "index.json"
    return _index(file, file.stat().st_mtime_ns) if file.exists() else ()


@lru_cache(maxsize=8)
def _index(file: Path, written: int) -> tuple[IndexedKey, ...]:
    return tuple(_from_json(each) for each in json.loads(file.read_text()))


def key_for(authority: str, purpose: str, *, at: datetime) -> IndexedKey:
    """The newest key of an authority for a purpose whose period holds `at`. Raises KeyFault."""
    fitting = [
        key
        for key in index()
        if (key.authority, key.purpose) == (authority, purpose)
        and key.not_before <= at < key.not_after
        and key.compromised_since is None
    ]
    if not fitting:
        raise KeyFault(f"no key of {authority} for {purpose} at {at:%Y-%m-%d}")
    return max(fitting, key=lambda key: key.not_before)


def create_development_keys(*, at: datetime) -> int:
    """Make a key for each authority and purpose, and the root, where there is none; gives how many were made."""
    known = {(key.authority, key.purpose) for key in index()}
    wanted = [(ROOT, ROOT)] + [
        (each.code, purpose) for each in territory().authorities for purpose in PURPOSES
    ]
    made = [
        _create(authority, purpose, at) for authority, purpose in wanted if (authority, purpose) not in known
    ]
    if made:
        _write_index((*index(), *made))
    return len(made)


def folder() -> Path:
    """Where the index lies, and the secrets of keys that lie in files."""
    return Path(settings.RUKHSA_KEYS)


def _create(authority: str, purpose: str, at: datetime) -> IndexedKey:
    private: Private = (
        ed25519.Ed25519PrivateKey.generate() if purpose == "log" else ec.generate_private_key(ec.SECP256R1())
    )
    key = IndexedKey(
        authority=authority,
        purpose=purpose,
        jwk=jwk_of(private.public_key()),
        not_before=DEVELOPMENT_SINCE,
        not_after=(at + DEVELOPMENT_FOR).astimezone(UTC).replace(microsecond=0),
    )
    _write_secret(key, private)
    if purpose == "pdf" and isinstance(private, ec.EllipticCurvePrivateKey):
        _write(folder() / f"{key.name}.crt", _certificate(key, private).public_bytes(Encoding.PEM), 0o444)
    return key


def _write_secret(key: IndexedKey, private: Private) -> None:
    encoded = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(folder() / f"{key.name}.pem", encoded, 0o400)


def _write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)


def _certificate(key: IndexedKey, private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate that the key gives itself; the public key in it counts, by the trust list."""
    called = territory().authority(key.authority).names[-1].name
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called.in_language("en"))])
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"), False)
    usage |= {"crl_sign": False, "encipher_only": False, "decipher_only": False}
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(key.not_before)
        .not_valid_after(key.not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
    )
    return builder.sign(private, hashes.SHA256())


def _write_index(keys: tuple[IndexedKey, ...]) -> None:
    text = json.dumps([_to_json(key) for key in keys], indent=1)
    write_durably(folder() / "index.json", text.encode())


def _to_json(key: IndexedKey) -> dict[str, Any]:
    since = key.compromised_since
    return {
        "authority": key.authority,
        "purpose": key.purpose,
        "jwk": dict(key.jwk),
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
        "compromised_since": since.isoformat() if since else None,
        "compromised_log_size": key.compromised_log_size,
    }


def _from_json(data: dict[str, Any]) -> IndexedKey:
    since = data["compromised_since"]
    return IndexedKey(
        authority=data["authority"],
        purpose=data["purpose"],
        jwk=data["jwk"],
        not_before=datetime.fromisoformat(data["not_before"]),
        not_after=datetime.fromisoformat(data["not_after"]),
        compromised_since=datetime.fromisoformat(since) if since else None,
        compromised_log_size=data["compromised_log_size"],
    )
