"""Participants in a review: what officers, inspectors, agencies and members of committees may open and act on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission, Role
from rukhsa.applications.application import lock
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application, ApplicationQuerySet
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.mandates.absence import represented_by
from rukhsa.review.errors import ReviewError


def applications(actor: Actor, *also: Permission) -> ApplicationQuerySet:
    """What the actor may open: officers those of their authorities, inspectors those with a visit ordered.

    Narrowed to the authorities in which the actor holds each of `also` besides.
    """
    whole = actor.authorities_where(Permission.READ_QUEUE, Permission.CHECK, *also)
    visited = actor.authorities_where(Permission.READ_QUEUE, *also) - whole
    opened = Application.objects.on_which(actor, Permission.READ_QUEUE, *also)
    if not visited:
        return opened
    with_visit = Application.objects.filter(pk=OuterRef("pk"), inspections__isnull=False)
    return opened.filter(Q(authority__in=whole) | Exists(with_visit))


def openable(actor: Actor, *rows: Application | None) -> set[UUID]:
    """Which of these have a page that opens for the actor, so that others may lead there. One query."""
    return set(
        applications(actor).filter(pk__in=[each.pk for each in rows if each]).values_list("pk", flat=True)
    )


def matters(actor: Actor) -> ApplicationQuerySet:
    """What a member of committees may open: what waits for them, and what the member voted on in them."""
    mine = Q(pk=None)
    for authority, committee in actor.committees_where(Permission.VOTE):
        mine |= Q(waiting_matter__authority=authority, waiting_matter__committee=committee)
        voted = Application.objects.filter(
            votes__member=actor.person,
            votes__sitting__authority=authority,
            votes__sitting__committee=committee,
        )
        mine |= Q(pk__in=voted.values("pk"))
    return Application.objects.filter(mine)


class OtherOffice(ReviewError):
    """The application is with an office in which the actor holds no post."""

    code = "other-office"
    text = _("Another office of your authority has this application now. Only its officers can act on it.")


def lock_for(
    application: Application, actor: Actor, permission: Permission, *, at: datetime | None = None
) -> Application:
    """The same application, fresh and locked until the transaction ends, for an act that needs the permission there.

    With `at` it is an act of the office that has the application then. Raises NotPermitted if the actor holds the
    permission nowhere, DoesNotExist out of reach, OwnInterest, OtherOffice.
    """
    actor.require_somewhere(permission)
    opened = applications(actor, permission).order_by().values("pk")
    locked = lock(Application.objects.filter(pk__in=opened).get(pk=application.pk))
    require_no_interest(locked, actor.person)
    if at:
        require_office(locked, actor, at=at)
    return locked


def require_office(application: Application, actor: Actor, *, at: datetime) -> None:
    """Raise OtherOffice unless the application is with an office of the actor's posts, or in hand of the actor or of
    one whose deputy the actor is. Nothing is read for actors whose posts are in no office."""
    offices = actor.offices_at(application.authority_id or "")
    entry = getattr(application, "queue_entry", None) if offices else None
    if (
        offices is None
        or entry is None
        or entry.office in {"", *offices}
        or entry.officer_id == actor.person.pk
    ):
        return
    if not represented_by(actor.person, at=at).filter(officer=entry.officer_id).exists():
        raise OtherOffice(entry.office)


def answering(agency: str, *, on: date) -> QuerySet[Person]:
    """The people who may answer for an agency on a day."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.ANSWER_REFERRAL in granted]
    posts = Post.objects.in_force(on=on).filter(agency=agency, role__in=roles)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en", "pk")


def tell_agency(agency: str, kind: str, *, about: str, at: datetime) -> None:
    """Write a letter of this kind to each of the people who answer for an agency and did not choose to get none; that
    its time to answer is over is told to each of them."""
    is_escalation = kind in {"agency-silent", "agencies-silent"}
    _tell(answering(agency, on=timezone.localdate(at)), kind, about=about, at=at, is_escalation=is_escalation)


def tell_authority(application: Application, kind: str, *, at: datetime) -> None:
    """Write a letter about an application to the officer who has it in hand, as that one chose, and to the supervisors,
    whatever they chose."""
    tell_authorities([application], kind, kind, at=at)


def tell_authorities(applications: Collection[Application], one: str, many: str, *, at: datetime) -> None:
    """Write one letter about all of these to each officer who has some of them in hand and to each supervisor of their
    authorities: of one kind where it is about one application, of the other where it says how many."""
    found: dict[UUID, list[Application]] = {}
    known = Application.objects.filter(pk__in=[each.pk for each in applications])
    in_hand = dict(known.values_list("pk", "queue_entry__officer"))
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(role=Role.SUPERVISOR)
    held = posts.filter(authority__in={each.authority_id for each in applications})
    supervisors = list(held.order_by("person").values_list("authority", "person"))
    for each in applications:
        told = {person for authority, person in supervisors if authority == each.authority_id}
        if officer := in_hand.get(each.pk):
            told.add(officer)
        for pk in told:
            found.setdefault(pk, []).append(each)
    must_be_told = {person for _authority, person in supervisors}
    for person in Person.objects.filter(pk__in=found, is_active=True).order_by("name_en", "pk"):
        kind, about = of_all(found[person.pk], one, many)
        _tell([person], kind, about=about, at=at, is_escalation=person.pk in must_be_told)


def of_all(applications: Sequence[Application], one: str, many: str) -> tuple[str, str]:
    """The kind of a letter, and what it is about: the reference of one application, or the number of more."""
    return (one, str(applications[0])) if len(applications) == 1 else (many, str(len(applications)))


def _tell(people: Iterable[Person], kind: str, *, about: str, at: datetime, is_escalation: bool) -> None:
    from rukhsa.staff.letter import tell  # the verifier's process has no staff
    from rukhsa.staff.letter_choice import How, choice_of

    for person in people:
        if is_escalation or choice_of(person) is not How.NEVER:
            tell(person, kind, at=at, about=about)


def officers(application: Application, *, on: date) -> QuerySet[Person]:
    """The people who may take the application in hand on a day."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.CHECK in granted]
    posts = Post.objects.in_force(on=on).filter(authority=application.authority_id, role__in=roles)
    entry = Application.objects.filter(
        pk=application.pk, queue_entry__office__in=("", OuterRef("office__code"))
    )
    posts = posts.filter(Q(office=None) | Exists(entry))
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en", "pk")
