"""Public keys, their names, and signatures: ECDSA P-256 with SHA-256, and Ed25519 (RFC 8032)."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from rukhsa.trust import cbor
from rukhsa.trust.errors import BadKey, BadSignature

type Jwk = Mapping[str, str]

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF_ORDER = ORDER // 2
ECDSA = ec.ECDSA(SHA256())
_REPEATABLE = ec.ECDSA(SHA256(), deterministic_signing=True)  # RFC 6979: vectors stay the same


class Signer(Protocol):
    """A private key behind its port: in a file, in a hardware module, in memory."""

    @property
    def jwk(self) -> Jwk:
        """The public key."""

    @property
    def kid(self) -> bytes:
        """Its name: `kid(jwk)`."""

    def sign(self, message: bytes) -> bytes:
        """The raw signature of 64 bytes: r and s (with low s), or Ed25519's."""


def thumbprint(jwk: Jwk) -> bytes:
    """RFC 9679 §3: SHA-256 of the key's required COSE parameters in deterministic CBOR."""
    if (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256"):
        parameters: dict[int, object] = {1: 2, -1: 1, -2: _coordinate(jwk, "x"), -3: _coordinate(jwk, "y")}
    elif (jwk.get("kty"), jwk.get("crv")) == ("OKP", "Ed25519"):
        parameters = {1: 1, -1: 6, -2: _coordinate(jwk, "x")}
    else:
        raise BadKey("unknown-key-type", f"{jwk.get('kty')} {jwk.get('crv')}")
    return hashlib.sha256(cbor.write(parameters)).digest()


def kid(jwk: Jwk) -> bytes:
    """The key's name of 8 bytes: the beginning of its thumbprint."""
    return thumbprint(jwk)[:8]


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A public key, loaded once."""

    jwk: Jwk

    @cached_property
    def kid(self) -> bytes:
        return kid(self.jwk)

    @cached_property
    def algorithm(self) -> str:
        """The JOSE name of the only algorithm this key is used with: ES256 or EdDSA."""
        return "ES256" if self.jwk.get("kty") == "EC" else "EdDSA"

    @cached_property
    def loaded(self) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
        return load(self.jwk)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a raw signature of 64 bytes over `message`. Raises BadSignature."""
        if len(signature) != 64:
            raise BadSignature("bad-signature", "not of 64 bytes")
        try:
            self._verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise BadSignature("bad-signature") from error

    @cached_property
    def _verify(self) -> Callable[[bytes, bytes], None]:
        loaded = self.loaded
        if isinstance(loaded, ed25519.Ed25519PublicKey):
            return loaded.verify
        return lambda signature, message: loaded.verify(to_der(signature), message, ECDSA)


@dataclass(frozen=True, kw_only=True)
class MemorySigner:
    """A signer whose private key lies in memory: for specimens, tests and development."""

    private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

    @cached_property
    def jwk(self) -> Jwk:
        return jwk_of(self.private.public_key())

    @cached_property
    def kid(self) -> bytes:
        return kid(self.jwk)

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(message)
        return low_s(from_der(self.private.sign(message, _REPEATABLE)))

    @classmethod
    def p256(cls, secret: int | None = None) -> "MemorySigner":
        """A new P-256 key, or the one of a given secret number."""
        curve = ec.SECP256R1()
        return cls(
            private=ec.generate_private_key(curve) if secret is None else ec.derive_private_key(secret, curve)
        )

    @classmethod
    def ed25519(cls, secret: bytes | None = None) -> "MemorySigner":
        """A new Ed25519 key, or the one of a given seed of 32 bytes."""
        new = ed25519.Ed25519PrivateKey
        return cls(private=new.generate() if secret is None else new.from_private_bytes(secret))


def load(jwk: Jwk) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
    """The key for use by `cryptography`. Raises BadKey where it is no point of its curve."""
    thumbprint(jwk)
    try:
        if jwk["kty"] == "OKP":
            return ed25519.Ed25519PublicKey.from_public_bytes(_coordinate(jwk, "x"))
        x, y = (int.from_bytes(_coordinate(jwk, name)) for name in "xy")
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as error:
        raise BadKey("not-on-curve") from error


def jwk_of(public: object) -> Jwk:
    """The JWK of a P-256 or Ed25519 public key of `cryptography`."""
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(public.public_bytes_raw())}
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        numbers = public.public_numbers()
        x, y = (base64url(number.to_bytes(32)) for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    raise BadKey("unknown-key-type", type(public).__name__)


def to_der(raw: bytes) -> bytes:
    """ECDSA: r and s of 32 bytes each -> DER."""
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def from_der(der: bytes) -> bytes:
    """ECDSA: DER -> r and s of 32 bytes each."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32) + s.to_bytes(32)


def is_low_s(raw: bytes) -> bool:
    """Whether s is the smaller of the two valid values, so that no one can make a second signature from the first."""
    return int.from_bytes(raw[32:]) <= _HALF_ORDER


def low_s(raw: bytes) -> bytes:
    """The same signature with the smaller s."""
    return raw if is_low_s(raw) else raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)


def base64url(data: bytes) -> str:
    """RFC 7515 §2: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes whose only base64url is `text`. Raises BadKey("bad-base64url")."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadKey("bad-base64url") from error
    if base64url(data) != text:
        raise BadKey("bad-base64url", "not the canonical form")
    return data


def _coordinate(jwk: Jwk, name: str) -> bytes:
    coordinate = from_base64url(jwk.get(name, ""))
    if len(coordinate) != 32:
        raise BadKey("bad-coordinate", f"{name} is not of 32 bytes")
    return coordinate
