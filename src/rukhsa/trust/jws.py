"""JSON Web Signatures in the compact form (RFC 7515), with ES256 or EdDSA, read strictly."""

import json
from collections.abc import Mapping
from typing import Any

from rukhsa.trust.errors import BadKey, BadSignature
from rukhsa.trust.keys import PublicKey, Signer, base64url, from_base64url


def sign(payload: Mapping[str, Any], *, type: str, signer: Signer) -> str:
    """The compact form of `payload` signed; the key's name stands in the header in hexadecimal."""
    header = {"alg": PublicKey(jwk=signer.jwk).algorithm, "kid": signer.kid.hex(), "typ": type}
    signed = f"{_encode(header)}.{_encode(payload)}"
    return f"{signed}.{base64url(signer.sign(signed.encode()))}"


def read(text: str, *, type: str, keys: list[PublicKey]) -> dict[str, Any]:
    """The payload, if it is of the type and one of `keys` signed it. Raises BadSignature("bad-jws", ...)."""
    parts = text.split(".")
    if len(parts) != 3 or not text.isascii():
        raise BadSignature("bad-jws", "not three parts")
    header = _decode(parts[0])
    if header.keys() - {"alg", "kid", "typ"} or header.get("typ") != type:
        raise BadSignature("bad-jws", "header")
    _verify(parts, header.get("alg"), keys)
    return _decode(parts[1])


def _verify(parts: list[str], algorithm: object, keys: list[PublicKey]) -> None:
    signed, signature = f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2])
    for key in keys:
        # The algorithm is the key's own: a header cannot choose a weaker one.
        if key.algorithm != algorithm:
            continue
        try:
            return key.verify(signature, signed)
        except BadSignature:
            continue
    raise BadSignature("bad-jws", "no known key signed it")


def _encode(value: Mapping[str, Any]) -> str:
    return base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _decode(part: str) -> dict[str, Any]:
    try:
        value = json.loads(_bytes(part), object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        raise BadSignature("bad-jws", "not JSON") from error
    if not isinstance(value, dict):
        raise BadSignature("bad-jws", "not a JSON object")
    return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise BadSignature("bad-jws", "a name twice")
    return dict(pairs)


def _bytes(part: str) -> bytes:
    try:
        return from_base64url(part)
    except BadKey as error:
        raise BadSignature("bad-jws", "not base64url") from error
