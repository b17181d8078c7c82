"""The merchants that the gateway knows; their passwords are those of the sandbox and open nothing else."""

import base64
import binascii
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Merchant:
    """A merchant: its id, the password of its API, and the secret that its notices carry."""

    id: str
    password: str
    secret: str
    name: str


PASSWORD = "sandbox-password"  # noqa: S105 - opens nothing but the sandbox
MUNICIPALITIES = Merchant(
    id="MUNICIPALITIES",
    password=PASSWORD,
    secret="sandbox-notification-secret",  # noqa: S106 - as above
    name="شؤون البلديات · Municipalities",
)
ANOTHER_MERCHANT = Merchant(
    id="ANOTHER",
    password=PASSWORD,
    secret="another-notification-secret",  # noqa: S106 - as above
    name="متجر آخر · Another merchant",
)
MERCHANTS = {merchant.id: merchant for merchant in (MUNICIPALITIES, ANOTHER_MERCHANT)}


def merchant_of(header: str, named: str) -> Merchant | None:
    """The merchant of the address, when the Authorization header is its own ("merchant.<id>" and its password)."""
    merchant = MERCHANTS.get(named)
    scheme, _, coded = header.partition(" ")
    if merchant is None or scheme.lower() != "basic":
        return None
    try:
        given = base64.b64decode(coded, validate=True)
    except binascii.Error:
        return None
    return (
        merchant
        if hmac.compare_digest(given, f"merchant.{merchant.id}:{merchant.password}".encode())
        else None
    )
