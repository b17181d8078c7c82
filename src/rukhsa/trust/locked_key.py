"""A private key under a passphrase, with as many rounds as guidance asks today: OpenSSL writes 2,048."""

import secrets
from base64 import b64encode
from textwrap import wrap
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rukhsa.trust import der
from rukhsa.trust.keys import MemorySigner

ROUNDS: Final = 600_000  # OWASP's Password Storage Cheat Sheet, for PBKDF2 with HMAC-SHA-256
# RFC 8018 §A, RFC 5754, RFC 3565
_PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")
_HMAC_SHA256: Final = bytes.fromhex("06082a864886f70d0209")
_AES_256_CBC: Final = bytes.fromhex("060960864801650304012a")
_NULL: Final = bytes.fromhex("0500")


def locked(signer: MemorySigner, passphrase: str) -> bytes:
    """The key as PEM (PKCS #8, RFC 5958), by PBES2 of RFC 8018; any program that reads such files opens it."""
    salt, vector = secrets.token_bytes(16), secrets.token_bytes(16)
    key = PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(passphrase.encode())
    plain = signer.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padding, encryption = PKCS7(128).padder(), Cipher(algorithms.AES256(key), modes.CBC(vector)).encryptor()
    secret = encryption.update(padding.update(plain) + padding.finalize()) + encryption.finalize()
    derived = der.write(
        der.SEQUENCE,
        der.write(der.OCTETS, salt),
        der.write(der.INTEGER, ROUNDS.to_bytes(3, "big")),
        der.write(der.SEQUENCE, _HMAC_SHA256, _NULL),
    )
    scheme = der.write(
        der.SEQUENCE,
        der.write(der.SEQUENCE, _PBKDF2, derived),
        der.write(der.SEQUENCE, _AES_256_CBC, der.write(der.OCTETS, vector)),
    )
    whole = der.write(der.SEQUENCE, der.write(der.SEQUENCE, _PBES2, scheme), der.write(der.OCTETS, secret))
    lines = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *wrap(b64encode(whole).decode(), 64)]
    return "\n".join([*lines, "-----END ENCRYPTED PRIVATE KEY-----", ""]).encode()
