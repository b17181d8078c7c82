"""Who looked at a person's data: the looks of officers, inspectors and agencies, from the journal, without names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.accounts.role_words import ROLES
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.models import Post
from rukhsa.catalogue.territory import territory
from rukhsa.personal.purpose import Purpose
from rukhsa.values.names import Text

MOST_APPLICATIONS = 500
# Every act of the journal by which a member of the staff sees something of an application.
LOOKS: dict[str, Promise] = {
    "see-application": _("looked at the application"),
    "see-journal": _("looked at the application"),
    "print-application": _("downloaded the application as a PDF"),
    "see-attachment": _("opened a file"),
    "see-original": _("downloaded a file as it was sent"),
    "see-case-file": _("opened a file"),
    "see-photo": _("opened a file"),
    "see-conversation": _("read the messages"),
    "see-enclosure": _("opened a file of a message"),
    "see-referral": _("looked at the question to an agency"),
    "see-opinion-file": _("looked at the question to an agency"),
    "see-inspection": _("looked at the visit"),
    "load-visit": _("looked at the visit"),
    "see-field-report": _("looked at the visit"),
    "see-matter": _("looked at the application for a committee"),
    "see-votes": _("looked at the application for a committee"),
    "see-minutes": _("looked at the application for a committee"),
    "see-instrument": _("looked at the document"),
    "see-charge": _("looked at the payment"),
    "see-attempt": _("looked at the payment"),
    "see-owed": _("looked at the payment"),
    "see-deposit": _("looked at the deposit"),
    "export-application": _("took a copy of the data as a file"),
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


type Applications = dict[UUID, Application]


def newest_of(applications: QuerySet[Application]) -> Applications:
    """The newest that were submitted, by their keys."""
    mine = applications.filter(reference__isnull=False)
    newest = mine.defer("typed", "answers").order_by("-submitted_at")[:MOST_APPLICATIONS]
    return {each.pk: each for each in newest}


def looks_at(applications: Iterable[UUID]) -> QuerySet[JournalEntry]:
    """The entries of the journal by which the staff looked at any of these, or at what belongs to them.

    The applicants' own looks at their files are in the journal too, and are none of these.
    """
    staff = Person.objects.filter(kind=PersonKind.STAFF)
    about = JournalEntry.objects.filter(application__in=list(applications), act__in=LOOKS)
    return about.filter(actor__in=staff.values("pk")).order_by("-pk")


def told_of(entries: list[JournalEntry], applications: Applications) -> Iterable[Look]:
    """The entries in words; three queries for any number of them."""
    people = {entry.actor for entry in entries}
    posts: dict[object, list[Post]] = {}
    for post in Post.objects.filter(person__in=people).select_related("agency").order_by("pk"):
        posts.setdefault(post.person_id, []).append(post)
    said = purposes_of(entries)
    for entry in entries:
        assert entry.application is not None  # by which it was found
        application = applications[entry.application]
        by = post_then(posts.get(entry.actor, []), entry, application)
        yield Look(
            at=entry.at,
            what=LOOKS[entry.act],
            role=ROLES[Role(by.role)] if by else "",
            office=office_of(by, entry.at) if by else None,
            application=application,
            purpose=said.get((application.pk, entry.actor, timezone.localdate(entry.at)), ""),
        )


def purposes_of(entries: list[JournalEntry]) -> dict[object, str]:
    """The kind of purpose that was said of an application by a person on a day."""
    about = {entry.application for entry in entries}
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
