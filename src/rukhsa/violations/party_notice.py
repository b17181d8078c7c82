"""Telling the party of a violation that has no document: by SMS and mail, once to each address that is known."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person, Representation
from rukhsa.delivery.notice import sentence, short_text
from rukhsa.jobs import run_later
from rukhsa.mail import send_mail
from rukhsa.sms import send_sms

if TYPE_CHECKING:
    from rukhsa.violations.violation import Violation

# Waits of 2 s, 4 s, 8 s and so on: more than two hours of tries.
_RETRY = RetryStrategy(max_attempts=13, exponential_wait=2, retry_exceptions=[httpx.HTTPError, OSError])


class PartyNotice(models.Model):
    """One message about a violation to one address; what is known of no address is handed over on paper."""

    class Channel(models.TextChoices):
        SMS = "sms"
        MAIL = "mail"

    class Event(models.TextChoices):
        """What it tells; the word under which its text is found."""

        RECORDED = "violation"
        WITHDRAWN = "violation-withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    violation = models.ForeignKey("violations.Violation", models.PROTECT, related_name="notices")
    event = models.CharField(
        max_length=20, choices=Event, default=Event.RECORDED, db_default=Event.RECORDED.value
    )
    channel = models.CharField(max_length=4, choices=Channel)
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["violation", "event", "channel", "to"], name="party_told_once_of_an_event"
            )
        ]


def tell_party(violation: "Violation", event: PartyNotice.Event, *, at: datetime) -> None:
    """Tell the person, those who act for the company, and the telephone that was named; sent after the commit."""
    notices = [
        PartyNotice(
            violation=violation, event=event, channel=channel, to=to, language=language, created_at=at
        )
        for (channel, to), language in dict(_addresses(violation, at)).items()
    ]
    for notice in PartyNotice.objects.bulk_create(notices):
        run_later(send_party_notice, notice=str(notice.pk))


@app.task(name="violations.send_party_notice", queue="delivery", retry=_RETRY)
@transaction.atomic
def send_party_notice(*, notice: str) -> None:
    """Send it now unless it was sent; raise what the channel raises, so that it is tried again."""
    found = PartyNotice.objects.select_for_update(of=("self",)).select_related("violation").get(pk=notice)
    if found.sent_at:
        return
    with translation.override(found.language):
        _send(found)
    found.sent_at = datetime.now(UTC)
    found.save(update_fields=["sent_at"])


def _addresses(violation: "Violation", at: datetime) -> Iterator[tuple[tuple[str, str], str]]:
    if violation.party_phone:
        yield (PartyNotice.Channel.SMS, violation.party_phone), settings.LANGUAGE_CODE
    for person in _people(violation, at):
        if person.phone:
            yield (PartyNotice.Channel.SMS, person.phone), person.language
        if person.has_mail:
            yield (PartyNotice.Channel.MAIL, person.email), person.language


def _people(violation: "Violation", at: datetime) -> list[Person]:
    if violation.company is None:
        return [violation.person] if violation.person else []
    acting = Representation.objects.in_force(at=at).filter(company=violation.company)
    return [each.person for each in acting.select_related("person")]


def _send(notice: PartyNotice) -> None:
    violation = notice.violation
    facts = {"number": violation.number}
    if notice.event == PartyNotice.Event.RECORDED:
        facts["day"] = violation.contest_by.isoformat()
    told = sentence(notice.event, facts)
    authority = violation.authority.name(on=timezone.localdate()).in_language(notice.language)
    text = short_text(told, authority)
    if notice.channel == PartyNotice.Channel.SMS:
        send_sms(str(notice.pk), notice.to, text)
    else:
        send_mail(str(notice.pk), notice.to, text.splitlines()[0], text)
