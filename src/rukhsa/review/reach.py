"""Which applications, files and people an actor of the review may reach, and locking one to act on it."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.applications.models import Application, ApplicationQuerySet, Attachment, AttachmentQuerySet
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.review.models import Inspection, Referral
from rukhsa.review.sittings import Vote


def applications(actor: Actor, *also: Permission) -> ApplicationQuerySet:
    """What the actor may open: officers those of their authorities, inspectors those with a visit ordered.

    Narrowed to the authorities in which the actor holds each of `also` besides.
    """
    whole = actor.authorities_where(Permission.READ_QUEUE, Permission.CHECK, *also)
    visited = actor.authorities_where(Permission.READ_QUEUE, *also) - whole
    found = Application.objects.on_which(actor, Permission.READ_QUEUE, *also)
    if not visited:
        return found
    return found.filter(
        Q(authority__in=whole) | Exists(Inspection.objects.filter(application=OuterRef("pk")))
    )


def attachments(actor: Actor) -> AttachmentQuerySet:
    """The files of what the actor may open, of what waits for the actor's committees, and of what was referred to
    the actor's agencies."""
    may_see = Q(application__in=applications(actor))
    if actor.holds_somewhere(Permission.ANSWER_REFERRAL):
        referred = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL)
        may_see |= Q(application__in=referred.values("application"))
    if actor.holds_somewhere(Permission.VOTE):
        may_see |= Q(application__in=matters(actor))
    return Attachment.objects.present().filter(may_see)


def matters(actor: Actor) -> ApplicationQuerySet:
    """What a member of committees may open: what waits for them, and what the member voted on in them."""
    mine = Q(pk=None)
    votes = Vote.objects.filter(member=actor.person)
    for authority, committee in actor.committees_where(Permission.VOTE):
        mine |= Q(waiting_matter__authority=authority, waiting_matter__committee=committee)
        voted = votes.filter(sitting__authority=authority, sitting__committee=committee)
        mine |= Q(pk__in=voted.values("application"))
    return Application.objects.filter(mine)


def lock(application: Application, actor: Actor, permission: Permission) -> Application:
    """The same application, fresh and locked until the transaction ends, for an act that needs the permission there.

    Raises NotPermitted for one who holds it nowhere, and DoesNotExist out of reach.
    """
    actor.require_somewhere(permission)
    reached = applications(actor, permission).order_by().values("pk")
    return lock_for_system(Application.objects.filter(pk__in=reached).get(pk=application.pk))


def lock_for_system(application: Application) -> Application:
    """The same application, fresh and locked, for what no person does, or for people of another house."""
    return (
        Application.objects.select_related("service_version")
        .select_for_update(of=("self",))
        .get(pk=application.pk)
    )


def officers(application: Application, *, on: date) -> QuerySet[Person]:
    """The people who may take the application in hand on a day."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.CHECK in granted]
    posts = Post.objects.in_force(on=on).filter(authority=application.authority_id, role__in=roles)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en", "pk")
