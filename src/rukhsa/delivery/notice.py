"""Decides whom to tell of an event, once for each channel, and starts the sending."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.delivery.send import send_notice
from rukhsa.jobs import run_later


@transaction.atomic
def tell(application: Application, event: str, *, at: datetime, **facts: Any) -> None:
    """Tell the applicant of an event over each channel, sent after this transaction commits.

    The same event of the same application is told once, however often this is called.
    """
    for channel in Notice.Channel:
        if not _reachable(application, channel):
            continue
        notice, created = Notice.objects.get_or_create(
            application=application,
            event=event,
            channel=channel,
            defaults={
                "person": application.applicant,
                "language": application.language,
                "facts": facts,
                "created_at": at,
            },
        )
        if created:
            send_later(notice.pk)


def send_later(notice: UUID) -> None:
    """Queue the sending in the transaction that is open."""
    run_later(send_notice, notice=str(notice))


def _reachable(application: Application, channel: str) -> bool:
    person = application.applicant
    return bool(person.phone if channel == Notice.Channel.SMS else person.email)
