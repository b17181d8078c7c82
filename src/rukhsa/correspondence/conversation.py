"""A conversation: the messages that an applicant and the authority write to each other about one application."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import lock
from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.applications.taken import MOST_FILES, Taken
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.correspondence.enclosure import Enclosure
from rukhsa.errors import RukhsaError
from rukhsa.jobs import advance_soon
from rukhsa.review import participant

LONGEST: Final = 4000
# How long after its end an application may still be written about. Assumed: no source states a period.
AFTER_THE_END: Final = timedelta(days=180)
MOST_AN_HOUR: Final = 10


class ConversationError(RukhsaError):
    """A message that was not sent, with a sentence that says what to do."""

    text: Promise | str = ""


class NothingWritten(ConversationError):
    """A message without a text."""

    code = "nothing-written"
    text = _("Enter your message.")


class TooLong(ConversationError):
    """A message that is longer than a message may be."""

    code = "message-too-long"
    text = _("The message is too long: 4000 characters at most. Send the rest as a second message.")


class TooManyFiles(ConversationError):
    """More files than one message takes."""

    code = "too-many-enclosures"
    text = _("A message takes at most 5 files. Send the others with a second message.")


class TooManyMessages(ConversationError):
    """One side has written more about an application within the hour than is taken."""

    code = "too-many-messages"
    text = _("You sent many messages in the last hour. Your text is below. Send it later.")


class ConversationOver(ConversationError):
    """The application ended too long ago, or was never submitted."""

    code = "conversation-over"
    text = _("This application ended more than 180 days ago, so you can no longer send messages about it.")


class Side(models.TextChoices):
    """Who writes: the applicant, or the authority to which the application was submitted."""

    APPLICANT = "applicant"
    AUTHORITY = "authority"

    @property
    def other(self) -> "Side":
        """The side that is written to."""
        return Side.AUTHORITY if self == Side.APPLICANT else Side.APPLICANT


class MessageQuerySet(ScopedQuerySet["Message"]):
    """Which messages wait to be read."""

    def unread_by(self, side: Side) -> "MessageQuerySet":
        """Those that the other side wrote and that no one of this side has seen."""
        seen = Reading.objects.filter(
            application=OuterRef("application"), side=side, up_to__gte=OuterRef("pk")
        )
        return self.filter(~Exists(seen), side=side.other)


class Message(Scoped):
    """One message about an application, written once."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    authority_path = "application__authority"
    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["application", "id"], name="messages_of_application")]

    def is_sent_again(self, text: str, files: Sequence[Taken], *, at: datetime) -> bool:
        """Whether a text with files is this message again, as a second click or a form sent again sends it."""
        if self.text != text or at - self.at > timedelta(minutes=5):
            return False
        return set(self.enclosures.values_list("digest", flat=True)) == {file.digest for file in files}


class Reading(models.Model):
    """That one side has seen a conversation up to a message."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    up_to = models.BigIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["application", "side", "-up_to"], name="read_up_to")]


@transaction.atomic
def write_as_applicant(
    application: Application, text: str, files: Sequence[Taken] = (), *, actor: Actor, at: datetime
) -> Message:
    """Send a message to the authority. Raises ConversationError."""
    actor.require(Permission.APPLY, at=application.part)
    return _write(lock(application), Side.APPLICANT, text, files, actor=actor, at=at)


@transaction.atomic
def write_as_authority(
    application: Application, text: str, files: Sequence[Taken] = (), *, actor: Actor, at: datetime
) -> Message:
    """Send a message to the applicant, who is told of it. Raises ConversationError, and DoesNotExist out of reach."""
    locked = participant.lock_for(application, actor, Permission.WRITE_MESSAGE)
    message = _write(locked, Side.AUTHORITY, text, files, actor=actor, at=at)
    advance_soon(application.pk)
    return message


def _write(
    application: Application, side: Side, text: str, files: Sequence[Taken], *, actor: Actor, at: datetime
) -> Message:
    text = text.replace("\r\n", "\n").strip()
    mine = Message.objects.filter(application=application, side=side)
    if (same := mine.order_by("id").last()) and same.is_sent_again(text, files, at=at):
        return same
    require_sense(application, text, files, at=at)
    if mine.filter(at__gt=at - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise TooManyMessages
    message = Message.objects.create(
        application=application, side=side, author=actor.person, text=text, at=at
    )
    Enclosure.objects.bulk_create(
        Enclosure(message=message, sent_by=actor.person, **file.columns) for file in files
    )
    record("write-message", message, actor=actor, at=at, files=len(files))
    return message


def require_sense(application: Application, text: str, files: Sequence[Taken], *, at: datetime) -> None:
    """Raise ConversationError for a message that cannot be taken."""
    if not may_write(application, at=at):
        raise ConversationOver
    if not text:
        raise NothingWritten
    if len(text) > LONGEST:
        raise TooLong
    if len(files) > MOST_FILES:
        raise TooManyFiles


def may_write(application: Application, *, at: datetime) -> bool:
    """Whether messages about an application are taken: while it is open, and for a time after its last step."""
    if application.reference is None:
        return False
    if application.stage in OPEN_STAGES:
        return True
    last = Step.objects.filter(application=application).aggregate(at=Max("at"))["at"]
    return bool(at - last <= AFTER_THE_END)


def messages_of(application: Application) -> list[Message]:
    """The whole conversation, the oldest first, in two queries."""
    found = Message.objects.filter(application=application).select_related("author")
    return list(found.prefetch_related("enclosures").order_by("id"))


@transaction.atomic
def mark_read(application: Application, side: Side, *, actor: Actor, at: datetime) -> None:
    """Record that one side has seen everything that the other wrote; again changes nothing."""
    unread = Message.objects.filter(application=application).unread_by(side)
    newest = unread.order_by("-id").values_list("pk", flat=True).first()
    if newest:
        Reading.objects.create(application=application, side=side, up_to=newest, person=actor.person, at=at)
        record("read-messages", application, actor=actor, at=at)


def unread_counts(applications: Iterable[UUID], side: Side) -> dict[UUID, int]:
    """How many messages wait to be read by a side, for each application that has some; one query."""
    unread = Message.objects.filter(application__in=list(applications)).unread_by(side)
    return dict(unread.values_list("application").annotate(count=Count("pk")).order_by())


def untold(application: Application) -> int | None:
    """The first message that the applicant has not seen, to be told once; None if all were seen."""
    unread = Message.objects.filter(application=application).unread_by(Side.APPLICANT)
    return unread.order_by("id").values_list("pk", flat=True).first()


def awaiting(actor: Actor, *, most: int) -> list[Any]:
    """The applications with messages that the actor's authority has not read, each with how many and since
    when, the one that waits longest first."""
    here = Message.objects.on_which(actor, Permission.READ_QUEUE, Permission.WRITE_MESSAGE)
    waiting = here.unread_by(Side.AUTHORITY).values("application")
    waiting = waiting.annotate(count=Count("pk"), since=Min("at")).order_by("since", "application")
    return list(waiting[:most])
