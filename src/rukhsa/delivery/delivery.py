"""A delivery: the handing over of a released document, and the record of it."""

from datetime import datetime

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor


class Delivery(models.Model):
    """The holder fetched the document."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=20)
    at = models.DateTimeField()


@transaction.atomic
def deliver(application: Application, channel: str, *, actor: Actor, at: datetime) -> Delivery:
    """Record that the actor received the document; it may be fetched any number of times."""
    delivery = Delivery.objects.create(application=application, person=actor.person, channel=channel, at=at)
    record("deliver", application, actor=actor, at=at, channel=channel)
    return delivery
