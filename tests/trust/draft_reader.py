"""A reader of Token Status Lists that imports nothing of ours: written from draft-ietf-oauth-status-list alone.

§4.1 the order of bits, §4.2 zlib, §5.1 the JWT, §5.2 the CWT, §8.3 what a relying party validates. A second opinion
for the tests, for lists of one issuer's P-256 key; it is strict in nothing but what the draft asks.
"""

import base64
import json
import zlib
from dataclasses import dataclass

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


@dataclass(frozen=True)
class List:
    """The claims of a list whose signature holds."""

    sub: str
    iat: int
    exp: int | None
    ttl: int | None
    bits: int
    packed: bytes

    def status(self, index: int) -> int:
        """§4.1: the statuses of a byte stand in it from the least significant bit up."""
        per_byte = 8 // self.bits
        return (self.packed[index // per_byte] >> (index % per_byte) * self.bits) & ((1 << self.bits) - 1)

    def still_good(self, uri: str, now: int) -> bool:
        """§8.3: sub is the address in the token, exp has not passed."""
        return self.sub == uri and (self.exp is None or now < self.exp)


def read_jwt(token: str, key: ec.EllipticCurvePublicKey) -> List:
    """§5.1. Raises cryptography's InvalidSignature, or what a malformed part raises."""
    header, payload, signature = token.split(".")
    said = json.loads(unpadded(header))
    assert (said["typ"], said["alg"]) == ("statuslist+jwt", "ES256")
    check(key, unpadded(signature), f"{header}.{payload}".encode())
    claims = json.loads(unpadded(payload))
    entry = claims["status_list"]
    packed = zlib.decompress(unpadded(entry["lst"]))
    return List(claims["sub"], claims["iat"], claims.get("exp"), claims.get("ttl"), entry["bits"], packed)


def read_cwt(token: bytes, key: ec.EllipticCurvePublicKey) -> List:
    """§5.2. Raises as `read_jwt` does."""
    protected, _, payload, signature = cbor2.loads(token).value
    said = cbor2.loads(protected)
    assert said[16] == "application/statuslist+cwt"
    assert said[1] in (-7, -9)
    check(key, signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    claims = cbor2.loads(payload)
    entry = claims[65533]
    return List(
        claims[2], claims[6], claims.get(4), claims.get(65534), entry["bits"], zlib.decompress(entry["lst"])
    )


def check(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    """RFC 7518 §3.4, RFC 9053 §2.1: r and s, 32 bytes each."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))


def unpadded(text: str) -> bytes:
    """RFC 7515 §2: base64url without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
