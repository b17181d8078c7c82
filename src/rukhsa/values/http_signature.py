"""HTTP message signatures with a shared secret: HMAC-SHA256 over method, address, digest and kind of the content.

RFC 9421 with the algorithm `hmac-sha256` (§3.3.3), over a Content-Digest (RFC 9530) of SHA-256.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

from rukhsa.errors import RukhsaError

LABEL: Final = "rukhsa"
COVERED: Final = ("@method", "@target-uri", "content-digest", "content-type")
SKEW: Final = 300  # seconds: an older message may be one that was recorded and is sent again
_INPUT: Final = re.compile(
    rf'{LABEL}=(?P<parameters>\("@method" "@target-uri" "content-digest" "content-type"\)'
    r';created=(?P<created>[0-9]{1,12});keyid="(?P<key>[!-~]{1,100})";alg="hmac-sha256")'
)


class BadSignature(RukhsaError, ValueError):
    """The message is not signed as it should be, or is not the one that was signed."""

    code = "bad-signature"


def signed(secret: bytes, *, key: str, target: str, kind: str, content: bytes, at: int) -> dict[str, str]:
    """The headers of a POST to the address `target`, whose content has a media type, signed at `at`, in Unix seconds.

    `key` names the secret for the other side.
    """
    names = " ".join(f'"{name}"' for name in COVERED)
    parameters = f'({names});created={at};keyid="{key}";alg="hmac-sha256"'
    digest = _digest(content)
    mark = _mac(secret, _base(target, digest, kind, parameters))
    return {
        "Content-Type": kind,
        "Content-Digest": digest,
        "Signature-Input": f"{LABEL}={parameters}",
        "Signature": f"{LABEL}=:{mark}:",
    }


def require_signed(
    secret: bytes, headers: Mapping[str, str], *, target: str, content: bytes, at: int
) -> None:
    """Verify a POST as its receiver; the names of `headers` are in small letters. Raises BadSignature."""
    found = _INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise BadSignature("the signature does not cover what it must")
    if abs(at - int(found["created"])) > SKEW:
        raise BadSignature("the signature is too old, or of a time to come")
    digest = headers.get("content-digest", "")
    if digest != _digest(content):
        raise BadSignature("the content is not the one of the digest")
    base = _base(target, digest, headers.get("content-type", ""), found["parameters"])
    wanted = f"{LABEL}=:{_mac(secret, base)}:"
    if not hmac.compare_digest(wanted.encode(), headers.get("signature", "").encode()):
        raise BadSignature("the signature is another one")


def _base(target: str, digest: str, kind: str, parameters: str) -> bytes:
    """RFC 9421 §2.5: a line for each covered component, then the parameters."""
    values = ("POST", target, digest, kind)
    lines = [f'"{name}": {value}' for name, value in zip(COVERED, values, strict=True)]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def _digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def _mac(secret: bytes, base: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, base, "sha256")).decode()
