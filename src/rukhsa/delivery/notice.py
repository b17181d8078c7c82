"""Decides whom to tell of an event, once for each channel, and starts the sending."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.delivery.send import send_notice
from rukhsa.jobs import run_later


def tell(application: Application, event: str, *, at: datetime, **facts: Any) -> None:
    """Tell the applicant of an event over each channel, sent after this transaction commits.

    The same event of the same application is told once, however often this is called.
    """
    told = Notice.objects.filter(application=application, event=event).values_list("channel", flat=True)
    reachable = [channel for channel in Notice.Channel if _reachable(application, channel)]
    if reachable and (untold := set(reachable) - set(told)):
        _tell([channel for channel in reachable if channel in untold], application, event, facts, at)


@transaction.atomic
def _tell(
    channels: list[Notice.Channel], application: Application, event: str, facts: dict[str, Any], at: datetime
) -> None:
    notices = [
        Notice(
            application=application,
            person=application.applicant,
            event=event,
            channel=channel,
            language=application.language,
            facts=facts,
            created_at=at,
        )
        for channel in channels
    ]
    # Whoever tells of the same at the same moment has made it first, and sends it.
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    made = set(Notice.objects.filter(pk__in=[notice.pk for notice in notices]).values_list("pk", flat=True))
    for notice in notices:
        if notice.pk in made:
            send_later(notice.pk)


def send_later(notice: UUID) -> None:
    """Queue the sending in the transaction that is open."""
    run_later(send_notice, notice=str(notice))


def _reachable(application: Application, channel: str) -> bool:
    person = application.applicant
    return bool(person.phone if channel == Notice.Channel.SMS else person.email)
