"""Sends a message again that could not be sent."""

from datetime import datetime

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.models import Notice
from rukhsa.jobs import run_named_later


@transaction.atomic
def send_again(notice: Notice, *, actor: Actor, at: datetime) -> None:
    """Queue a notice again; one that was sent meanwhile stays sent once. Raises NotPermitted."""
    actor.require(Permission.READ_HEALTH, at=notice.scope)
    run_named_later("delivery.send_notice", queue="delivery", notice=str(notice.pk))
    record("send-notice-again", notice.application, actor=actor, at=at, channel=notice.channel)
