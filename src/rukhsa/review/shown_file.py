"""Which files of an application each participant may open, and which of them an agency is shown."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Attachment, AttachmentQuerySet
from rukhsa.applications.submitted import was_submitted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.review import participant
from rukhsa.review.errors import Closed
from rukhsa.review.referral import DocumentChoice, Referral


def attachments(actor: Actor) -> AttachmentQuerySet:
    """The submitted files of what the actor may open, of what waits for the actor's committees, and those that the
    actor's agencies are shown."""
    may_see = Q(application__in=participant.applications(actor))
    if actor.holds_somewhere(Permission.ANSWER_REFERRAL):
        may_see |= _shown_to_agencies(actor)
    if actor.holds_somewhere(Permission.VOTE):
        may_see |= Q(application__in=participant.matters(actor))
    return Attachment.objects.filter(was_submitted(), may_see)


def _shown_to_agencies(actor: Actor) -> Q:
    """What the newest question of a step to one of the actor's agencies shows."""
    asked = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL).with_documents()
    newer = Referral.objects.filter(
        application=OuterRef("application"),
        step=OuterRef("step"),
        agency=OuterRef("agency"),
        number__gt=OuterRef("number"),
    )
    newest = asked.filter(~Exists(newer), application=OuterRef("application"))
    is_shown = Q(seen=None) | Q(seen__contains=[OuterRef("document")])
    return Q(Exists(newest.filter(is_shown)))


@transaction.atomic
def choose_documents(
    referral: Referral, documents: Iterable[str], *, actor: Actor, at: datetime
) -> DocumentChoice:
    """Let the agency see these documents of the application and no others, while its answer is awaited.

    Ids that the service does not ask for are left out. Raises Closed, and as `participant.lock_for` does.
    """
    application = participant.lock_for(referral.application, actor, Permission.REFER, at=at)
    if not Referral.objects.open().filter(pk=referral.pk).exists():
        raise Closed
    wanted = set(documents)
    chosen = [each.id for each in application.definition.documents if each.id in wanted]
    made = DocumentChoice.objects.create(referral=referral, documents=chosen, officer=actor.person, at=at)
    record("choose-documents", referral, actor=actor, at=at, documents=chosen)
    return made
