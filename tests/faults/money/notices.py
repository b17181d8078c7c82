"""Notices as the gateways send them, and as a forger writes them."""

import json
from typing import Any

from rukhsa.payments.models import Attempt
from rukhsa_rehearsal.sandbox import national_envelope as envelope

KEY = "0123456789ABCDEF0123456789ABCDEF"
SECRET = "sandbox-notification-secret"
Letter = tuple[bytes, dict[str, str]]


def true_notice(attempt: Attempt, **other: Any) -> Letter:
    """The notice of an attempt that was paid, with the fields given changed."""
    return _WRITERS[attempt.gateway](attempt, other)


def _national(attempt: Attempt, other: dict[str, Any]) -> Letter:
    fields = {
        "paymentId": attempt.gateway_reference, "trackId": attempt.reference, "amt": str(attempt.money),
        "result": "CAPTURED", "authRespCode": "00", "transId": "1", "ref": "1",
    }  # fmt: skip
    return f"trandata={envelope.close(fields | other, KEY)}&result=".encode(), {}


def _cards(attempt: Attempt, other: dict[str, Any]) -> Letter:
    order = {
        "id": attempt.reference, "amount": float(str(attempt.money)), "currency": "BHD", "status": "CAPTURED",
    }  # fmt: skip
    merchant = other.pop("merchant", "MUNICIPALITIES")
    body = {"merchant": merchant, "result": "SUCCESS", "order": order | other, "transaction": {"id": "1"}}
    return json.dumps(body).encode(), {"X-Notification-Secret": SECRET}


_WRITERS = {"national": _national, "cards": _cards}
