"""Who looked at a person's data: the looks of officers, inspectors and agencies, from the journal, without names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.applications.models import Application, Attachment
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.catalogue.territory import territory
from rukhsa.correspondence.models import Enclosure
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import Charge, ChargeLine
from rukhsa.personal.purpose import Purpose
from rukhsa.review.inspection import Inspection
from rukhsa.review.referral import Referral
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.roles import ROLES

A_PAGE = 50
MOST_APPLICATIONS = 500
LOOKS: dict[str, Promise] = {
    "see-application": _("looked at the application"),
    "print-application": _("downloaded the application as a PDF"),
    "see-attachment": _("opened a file"),
    "see-original": _("downloaded a file as it was sent"),
    "see-conversation": _("read the messages"),
    "see-enclosure": _("opened a file of a message"),
    "see-referral": _("looked at the question to an agency"),
    "see-inspection": _("looked at the visit"),
    "see-matter": _("looked at the application for a committee"),
    "see-instrument": _("looked at the document"),
    "see-charge": _("looked at the payment"),
    "see-deposit": _("looked at the deposit"),
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look: when, by whom in which role and where, at what, and the application."""

    at: datetime
    what: Promise
    role: Promise | str
    office: Text | None
    application: Application
    purpose: str  # the kind that was said, where the application was not the own work of who looked


@requires(Permission.READ_OWN)
@never_cache
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The looks at everything of the actor's applications, the newest first."""
    subjects = subjects_of(request.actor)
    page = Paginator(looks_at(subjects), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "looks": list(told_of(list(page.object_list), subjects))}
    return render(request, "portal/looks.html", context)


type Subjects = dict[tuple[str, str], Application]


def subjects_of(actor: Actor) -> Subjects:
    """Everything of the actor's newest applications that can be looked at, each with its application."""
    mine = Application.objects.of_applicant(actor).filter(reference__isnull=False)
    newest = mine.defer("typed", "answers").order_by("-submitted_at")[:MOST_APPLICATIONS]
    applications = {each.pk: each for each in newest}
    found = {(Application._meta.label_lower, str(pk)): each for pk, each in applications.items()}
    paths = (
        (Attachment, "application"),
        (Referral, "application"),
        (Inspection, "application"),
        (Enclosure, "message__application"),
        (Instrument, "intent__application"),
        (Charge, "application"),
        (ChargeLine, "charge__application"),
    )
    for model, path in paths:
        rows = model._default_manager.filter(**{f"{path}__in": list(applications)})
        for pk, application in rows.values_list("pk", path):
            found[(model._meta.label_lower, str(pk))] = applications[application]
    return found


def looks_at(subjects: Subjects) -> QuerySet[JournalEntry]:
    """The entries of the journal that are looks at any of these."""
    wanted = Q(pk=None)
    for kind in {kind for kind, _pk in subjects}:
        wanted |= Q(subject_kind=kind, subject__in=[pk for each, pk in subjects if each == kind])
    return JournalEntry.objects.filter(wanted, act__in=LOOKS, actor__isnull=False).order_by("-pk")


def told_of(entries: list[JournalEntry], subjects: Subjects) -> Iterable[Look]:
    """The entries in words; three queries for any number of them."""
    people = {entry.actor for entry in entries}
    posts: dict[object, list[Post]] = {}
    for post in Post.objects.filter(person__in=people).select_related("agency").order_by("pk"):
        posts.setdefault(post.person_id, []).append(post)
    said = purposes_of(entries, subjects)
    for entry in entries:
        application = subjects[(entry.subject_kind, entry.subject)]
        by = post_then(posts.get(entry.actor, []), entry, application)
        yield Look(
            at=entry.at,
            what=LOOKS[entry.act],
            role=ROLES[Role(by.role)] if by else "",
            office=office_of(by, entry.at) if by else None,
            application=application,
            purpose=said.get((application.pk, entry.actor, timezone.localdate(entry.at)), ""),
        )


def purposes_of(entries: list[JournalEntry], subjects: Subjects) -> dict[object, str]:
    """The kind of purpose that was said of an application by a person on a day."""
    about = {subjects[(entry.subject_kind, entry.subject)].pk for entry in entries}
    given = Purpose.objects.filter(application__in=about, person__in={entry.actor for entry in entries})
    return {
        (each.application_id, each.person_id, timezone.localdate(each.at)): each.get_kind_display()
        for each in given.order_by("pk")
    }


def post_then(posts: list[Post], entry: JournalEntry, application: Application) -> Post | None:
    """The post by which the person may have looked: one held that day, at the application's authority if any is."""
    day = timezone.localdate(entry.at)
    held = [each for each in posts if each.starts_on <= day and (each.ends_on is None or each.ends_on >= day)]
    here = [each for each in held if each.authority_id == application.authority_id]
    return next(iter(here or held), None)


def office_of(post: Post, at: datetime) -> Text:
    """The name of the authority or agency of a post."""
    if post.agency:
        return post.agency.name
    return territory().authority(post.authority_id or "").name(on=timezone.localdate(at))
