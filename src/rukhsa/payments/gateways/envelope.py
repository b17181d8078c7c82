"""The national gateway's `trandata`: AES-256-CBC over URL-encoded JSON, as upper-case hexadecimal.

It has a fixed IV and no MAC: what it carries is never a proof."""

import json
from collections.abc import Mapping
from urllib.parse import quote_plus, unquote_plus

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from rukhsa.payments.gateways.port import UnprovenNotice, UnreadableNotice
from rukhsa.payments.gateways.wire import once

INITIAL_VECTOR = b"PGKEYENCDECIVSPC"
BLOCK_BITS = 128


def seal_fields(fields: Mapping[str, str], resource_key: str) -> str:
    """Encrypt one object with the terminal's 32-character resource key."""
    plain = quote_plus(json.dumps([dict(fields)], separators=(",", ":"))).encode()
    padder = padding.PKCS7(BLOCK_BITS).padder()
    encryptor = _cipher(resource_key).encryptor()
    return (encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()).hex().upper()


def read_fields(trandata: str, resource_key: str) -> dict[str, str]:
    """Decrypt an answer or a notification to its fields, all as text; raises UnreadableNotice.

    A field named twice is refused: the reader would have to guess which counts."""
    try:
        decryptor = _cipher(resource_key).decryptor()
        unpadder = padding.PKCS7(BLOCK_BITS).unpadder()
        padded = decryptor.update(bytes.fromhex(trandata)) + decryptor.finalize()
        plain = (unpadder.update(padded) + unpadder.finalize()).decode()
        fields = json.loads(unquote_plus(plain), object_pairs_hook=once)
    except ValueError as error:
        raise UnprovenNotice("envelope") from error
    if not (isinstance(fields, list) and len(fields) == 1 and isinstance(fields[0], dict)):
        raise UnreadableNotice("shape")
    read = {name: "" if value is None else str(value) for name, value in fields[0].items()}
    if any("\0" in value for value in read.values()):
        raise UnreadableNotice("control-character")
    return read


def _cipher(resource_key: str) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES256(resource_key.encode()), modes.CBC(INITIAL_VECTOR))
