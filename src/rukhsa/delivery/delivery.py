"""A delivery: the handing over of a released document, and the record of it; and a message that is sent again."""

from datetime import datetime

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.notice import Notice
from rukhsa.jobs import run_named_later


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


@transaction.atomic
def send_again(notice: Notice, *, actor: Actor, at: datetime) -> None:
    """Queue a notice of an application again; one that was sent meanwhile stays sent once. Raises NotPermitted."""
    assert notice.application  # the desk reaches no other: what is a person's own belongs to no authority
    actor.require(Permission.READ_HEALTH, at=notice.scope)
    run_named_later("delivery.send_notice", queue="delivery", notice=str(notice.pk))
    record("send-notice-again", notice.application, actor=actor, at=at, channel=notice.channel)
