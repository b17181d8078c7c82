"""Sends one notice over its channel; what fails is tried again, what was sent is not sent twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.delivery.models import Notice
from rukhsa.delivery.texts import sentence
from rukhsa.outside import believed

# Waits of 2 s, 4 s, 8 s and so on: more than two hours of tries.
_RETRY = RetryStrategy(max_attempts=13, exponential_wait=2, retry_exceptions=[httpx.HTTPError, OSError])


@app.task(name="delivery.send_notice", queue="delivery", retry=_RETRY)
def send_notice(*, notice: str) -> None:
    """Send it now unless it was sent, and record the outcome; raise what the channel raised."""
    try:
        _send_once(notice)
    except (httpx.HTTPError, OSError) as error:
        _note_failure(notice, error)
        raise


@transaction.atomic
def _send_once(pk: str) -> None:
    notice = Notice.objects.select_for_update(of=("self",)).select_related("application", "person").get(pk=pk)
    if notice.sent_at:
        return
    with translation.override(notice.language):
        _CHANNELS[notice.channel](notice, _text(notice))
    notice.sent_at = datetime.now(UTC)
    notice.save(update_fields=["sent_at"])


def _note_failure(pk: str, error: Exception) -> None:
    notice = Notice.objects.get(pk=pk)
    notice.failures += 1
    notice.last_failure = type(error).__name__
    notice.save(update_fields=["failures", "last_failure"])


def _text(notice: Notice) -> str:
    application = notice.application
    facts: dict[str, Any] = {
        "reference": application.reference,
        "service": application.definition.name.in_language(notice.language),
        **notice.facts,
    }
    return f"{sentence(notice.event, facts)}\n{_link(notice)}"


def _link(notice: Notice) -> str:
    path = reverse("portal:application", args=[notice.application_id])
    return f"{settings.CONFIG.addresses.portal_url}{path}"


def _send_sms(notice: Notice, text: str) -> None:
    # The gateway keeps one message for one id, so that a lost answer does not become two messages.
    body = {"id": str(notice.pk), "to": notice.person.phone, "text": text}
    certificates = believed(named_by_environment=True)
    answer = httpx.post(f"{settings.CONFIG.sms_url}/messages", json=body, timeout=10, verify=certificates)
    answer.raise_for_status()


def _send_mail(notice: Notice, text: str) -> None:
    subject = text.splitlines()[0]
    message = EmailMessage(
        subject, text, to=[notice.person.email], headers={"Message-ID": f"<{notice.pk}@rukhsa>"}
    )
    message.send()


_CHANNELS: dict[str, Callable[[Notice, str], None]] = {
    Notice.Channel.SMS: _send_sms,
    Notice.Channel.MAIL: _send_mail,
}
