"""SMS: one message to one telephone, by the gateway that the settings name."""

import httpx
from django.conf import settings

from rukhsa.outside import believed

SECONDS = 10


def send_sms(key: str, phone: str, text: str) -> None:
    """Send an SMS. The gateway keeps one message for one key, so that a lost answer does not become two messages.

    Raises httpx.HTTPError.
    """
    body = {"id": key, "to": phone, "text": text}
    certificates = believed(named_by_environment=True)
    answer = httpx.post(
        f"{settings.CONFIG.sms_url}/messages", json=body, timeout=SECONDS, verify=certificates
    )
    answer.raise_for_status()
