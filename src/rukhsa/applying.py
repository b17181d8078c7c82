"""What an applicant does with an application that more than one room has to allow: attach, submit, withdraw."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction

from rukhsa.applications import blobs, submission
from rukhsa.applications.answers import Problem
from rukhsa.applications.application import lock
from rukhsa.applications.attachment import keep, opened, see
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.stages import TRANSITIONS, Act, NotPossible, Stage
from rukhsa.authorities.actor import Actor
from rukhsa.issuance import parent
from rukhsa.payments.attempt import require_standstill
from rukhsa.review import reconsideration
from rukhsa.review.finding import FindingsUnanswered, unanswered
from rukhsa.verification import sealed_attachment


def attach(
    application: Application, document: str, upload: "File[bytes]", *, actor: Actor, at: datetime
) -> Attachment:
    """Add a file for one of the documents asked for; a sealed document is verified at once. Raise `BadFile`."""
    file = sealed_attachment.recognised(opened(application, document, upload))
    attachment = keep(application, file, actor=actor, at=at)
    sealed_attachment.verdict_on(attachment, at=at)
    return attachment


def attach_earlier(
    application: Application, document: str, earlier: UUID, *, actor: Actor, at: datetime
) -> Attachment:
    """Add a file of one of the actor's own applications: the same stored bytes, checked by the limits of today.

    Raises BadFile; DoesNotExist for a file that is not the actor's own.
    """
    file = see(actor, earlier, at=at)
    content = ContentFile(blobs.fetch(file.digest), name=file.name)
    return attach(application, document, content, actor=actor, at=at)


@transaction.atomic
def submit(
    application: Application, *, actor: Actor, at: datetime, replies: Mapping[int, str] | None = None
) -> Application:
    """Submit an application whose earlier instrument or decision, where it names one, is the applicant's own.

    What was returned is submitted again when each finding is answered: by a change of what it is about, or by one of
    the `replies`. Raise `NotComplete` with every problem at once, and `FindingsUnanswered`.
    """
    application = lock(application)
    if application.stage == Stage.RETURNED and (left := unanswered(application, replies or {}, at=at)):
        raise FindingsUnanswered(left)
    found = problems_of_earlier(application, at=at)
    return submission.submit(application, actor=actor, at=at, found=found, replies=replies)


def problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """Everything that keeps an application from being submitted."""
    return (*submission.problems(application, at=at), *problems_of_earlier(application, at=at))


def problems_of_earlier(
    application: Application, *, at: datetime, about: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """What is wrong with the earlier instruments and decisions that an application names, in these questions or all."""
    of_documents = parent.problems(application, at=at, about=about)
    return (*of_documents, *reconsideration.problems(application, at=at, about=about))


def may_withdraw(application: Application) -> bool:
    """Whether it can be withdrawn: until it is decided, and after its grant while it is unpaid."""
    if application.stage == Stage.GRANTED:
        return application.charges.unpaid().exists()
    return (application.stage, Act.WITHDRAW) in TRANSITIONS


@transaction.atomic
def withdraw(application: Application, *, actor: Actor, at: datetime) -> Application:
    """Take an application back: until it is decided, and after its grant while it is unpaid.

    Raises NotPossible; OutcomeUnknown where a payment of what is granted is under way or in doubt.
    """
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if locked.stage == Stage.GRANTED:
        require_standstill(locked)
        if not may_withdraw(locked):
            raise NotPossible(Stage.GRANTED, Act.WITHDRAW)
    return submission.withdraw(locked, actor=actor, at=at)
