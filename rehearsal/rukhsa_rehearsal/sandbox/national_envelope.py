"""The gateway's side of `trandata`: AES-256-CBC, PKCS#7, a fixed IV, URL-encoded JSON in hexadecimal."""

import json
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

INITIAL_VECTOR = b"PGKEYENCDECIVSPC"


class BadEnvelopeError(ValueError):
    """Not a trandata of this terminal."""


def close(fields: dict[str, Any], key: str) -> str:
    """Encrypt one object with the terminal's 32-character resource key, to upper-case hexadecimal."""
    padder = padding.PKCS7(128).padder()
    plain = quote_plus(json.dumps([fields], separators=(",", ":"))).encode()
    encryptor = _cipher(key).encryptor()
    return (encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()).hex().upper()


def open_envelope(trandata: str, key: str) -> dict[str, Any]:
    """Decrypt what a merchant sent: URL-encoded by the guide, or raw JSON as a vendor kit does.

    Raises BadEnvelopeError if it is not of this terminal."""
    try:
        decryptor = _cipher(key).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        padded = decryptor.update(bytes.fromhex(trandata)) + decryptor.finalize()
        plain = (unpadder.update(padded) + unpadder.finalize()).decode()
        fields = json.loads(plain if plain.startswith("[") else unquote_plus(plain))
    except ValueError as error:
        raise BadEnvelopeError("trandata does not open with this terminal's key") from error
    if not (isinstance(fields, list) and len(fields) == 1 and isinstance(fields[0], dict)):
        raise BadEnvelopeError("trandata is not an array of one object")
    return fields[0]


def _cipher(key: str) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES256(key.encode()), modes.CBC(INITIAL_VECTOR))
