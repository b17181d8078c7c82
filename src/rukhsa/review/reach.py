"""Which applications, files and people an actor of the review may reach, and locking one to act on it."""

from datetime import date

from django.db.models import Q, QuerySet

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.applications.models import Application, ApplicationQuerySet, Attachment, AttachmentQuerySet
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.review.sittings import Vote


def applications(actor: Actor) -> ApplicationQuerySet:
    """What the actor may open: an officer the authority's, an inspector those with a visit ordered."""
    if not actor.is_staff or Permission.READ_QUEUE not in actor.permissions:
        return Application.objects.none()
    visible = Application.objects.visible_to(actor)
    if Permission.CHECK in actor.permissions:
        return visible
    return visible.filter(inspections__isnull=False).distinct()


def attachments(actor: Actor) -> AttachmentQuerySet:
    """The files of what the actor may open, of what waits for the actor's committee, and of what was referred to
    the actor's agency."""
    referred = Q(application__referrals__agency__in=actor.agencies) if actor.agencies else Q(pk=None)
    opened = Q(application__in=applications(actor))
    if actor.committees:
        opened |= Q(application__in=matters(actor))
    return Attachment.objects.present().filter(opened | referred).distinct()


def matters(actor: Actor) -> ApplicationQuerySet:
    """What a member of committees may open: what waits for them, and what the member voted on."""
    seats = Q(pk=None)
    for authority, committee in actor.committees:
        seats |= Q(waiting_matter__authority=authority, waiting_matter__committee=committee)
    voted = Q(pk__in=Vote.objects.filter(member=actor.person).values("application"))
    return Application.objects.filter(seats | voted)


def lock(application: Application, actor: Actor) -> Application:
    """The same application, fresh and locked until the transaction ends; DoesNotExist out of reach."""
    reached = applications(actor).order_by().values("pk")
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
