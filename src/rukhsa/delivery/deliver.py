"""Hands a released document over, and records that we did."""

from datetime import datetime

from django.db import transaction

from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.models import Delivery


@transaction.atomic
def deliver(application: Application, channel: str, *, actor: Actor, at: datetime) -> Delivery:
    """Record that the actor received the document; it may be fetched any number of times."""
    delivery = Delivery.objects.create(application=application, person=actor.person, channel=channel, at=at)
    record("deliver", application, actor=actor, at=at, channel=channel)
    return delivery
