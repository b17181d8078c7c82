"""The queue: the applications that wait for an authority's officers, one line each."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Office
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.digest import count_each
from rukhsa.mandates.mandate import Act, Mandate
from rukhsa.review.queue import Order, QueueEntry, QueueEntryQuerySet
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.templatetags.texts import text


@dataclass(frozen=True, kw_only=True)
class Row:
    """One application as a line of a list."""

    pk: UUID
    reference: str
    service: Text
    applicant: Text
    stage: str
    turn: str  # empty when it is closed
    officer: Text | None
    submitted_at: datetime | None
    due_at: datetime | None
    is_late: bool
    is_proposed: bool  # a decision waits for a second officer


A_PAGE = 50
BESIDE_A_CASE = 14
MOST_COUNTED = 1000


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter of the queue."""

    id: str
    label: Promise
    empty: Promise  # what to do when it is empty
    narrow: Callable[[QueueEntryQuerySet, Actor, datetime], QueueEntryQuerySet]


FILTERS = (
    Filter(
        id="mine",
        label=_("Mine"),
        empty=_("You have no applications. Take one from the unassigned list."),
        narrow=lambda queue, actor, at: queue.in_hand_of(actor.person, at=at),
    ),
    Filter(
        id="unassigned",
        label=_("Unassigned"),
        empty=_("Every application is assigned."),
        narrow=lambda queue, actor, at: queue.unassigned(),
    ),
    Filter(
        id="decide",
        label=_("Waiting for a decision"),
        empty=_("No applications wait for your decision. Another officer decides those that you checked."),
        narrow=lambda queue, actor, at: queue.to_decide_by(actor.person),
    ),
    Filter(
        id="late",
        label=_("Late"),
        empty=_("No late applications."),
        narrow=lambda queue, actor, at: queue.late(at),
    ),
    Filter(
        id="second",
        label=_("Second officer"),
        empty=_("No proposed decision is waiting for you."),
        narrow=lambda queue, actor, at: queue.for_second_officer(actor.person),
    ),
    Filter(
        id="applicant",
        label=_("With the applicant"),
        empty=_("No application is waiting for its applicant."),
        narrow=lambda queue, actor, at: queue.with_applicant(),
    ),
    Filter(
        id="all",
        label=_("All open"),
        empty=_("No applications are open. New ones appear here when they are submitted."),
        narrow=lambda queue, actor, at: queue,
    ),
)
_BY_ID = {each.id: each for each in FILTERS}
USUAL = _BY_ID["all"]
ORDERS = (
    (Order.URGENT, _("Most urgent first")),
    (Order.OLDEST, _("Oldest first")),
    (Order.NEWEST, _("Newest first")),
)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a queue shows and in which order, as an address holds it: every link and act hands it on."""

    chosen: Filter
    service: str
    order: Order
    office: str = ""  # empty: every office
    is_mandated: bool = False  # only services that a mandate of the reader covers

    @property
    def query(self) -> str:
        """Its part of an address, without what is usual."""
        parts = {"show": self.chosen.id, "service": self.service, "order": self.order, "office": self.office,
                 "mandate": "mine" if self.is_mandated else ""}  # fmt: skip
        usual = {"show": USUAL.id, "service": "", "order": Order.URGENT, "office": "", "mandate": ""}
        return urlencode({name: part for name, part in parts.items() if part != usual[name]})

    @property
    def suffix(self) -> str:
        """What an address within a case takes at its end."""
        return f"?{self.query}" if self.query else ""

    def with_filter(self, chosen: Filter) -> str:
        """The address of another filter, with the same service and order."""
        return f"{reverse('desk:queue')}?{replace(self, chosen=chosen).query}"


def listing_of(asked: Mapping[str, str]) -> Listing:
    """The listing that an address asks for; what it does not know is as usual."""
    order = asked.get("order", "")
    return Listing(
        chosen=_BY_ID.get(asked.get("show", ""), USUAL),
        service=_slug(asked.get("service", "")),
        office=_slug(asked.get("office", "")),
        is_mandated=asked.get("mandate") == "mine",
        order=Order(order) if order in Order.values else Order.URGENT,
    )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9-]", "", text)[:60]


@requires(Permission.READ_QUEUE, Permission.CHECK)
@require_GET
@transaction.atomic
def show(request: PortalRequest) -> HttpResponse:
    """A page of the queue, by one filter and of one service or all."""
    at, listing = timezone.now(), listing_of(request.GET)
    queue = _after(queue_of(request.actor, listing, at), listing, request.GET.get("after", ""))
    entries = list(queue[: A_PAGE + 1])
    record("see-queue", request.actor.person, actor=request.actor, at=at, show=listing.chosen.id)
    counted = counts(request.actor, listing, at)
    services = _services()
    context = {
        "rows": _lines(entries[:A_PAGE], at, {pk: name for pk, _service, name in services}),
        "listing": listing,
        "filters": [(each, listing.with_filter(each), counted[each.id]) for each in FILTERS],
        "most_counted": MOST_COUNTED,
        "services": sorted(services, key=lambda each: text(each[2])),
        "orders": ORDERS,
        "offices": _offices(request.actor),
        "next": _next_page(listing, entries) if len(entries) > A_PAGE else "",
        "is_first": not request.GET.get("after"),
    }
    return render(request, "desk/queue.html", context)


def counts(actor: Actor, listing: Listing, at: datetime) -> dict[str, int]:
    """How many applications each filter shows, counted in one statement and up to `MOST_COUNTED`."""
    parts = {each.id: _narrowed(actor, replace(listing, chosen=each), at) for each in FILTERS}
    return count_each(parts, most=MOST_COUNTED)


def _services() -> list[tuple[int, str, Text]]:
    """Every service that people apply for: the key of its version, its id and its name."""
    found = ServiceVersion.objects.offered().values_list("pk", "service", "meaning__name")
    return [(pk, service, Text(ar=name.get("ar", ""), en=name.get("en", ""))) for pk, service, name in found]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The list at the side of a case: the lines from it on, and the one to go to next."""

    rows: list[Row]
    next: Row | None


def beside(actor: Actor, application: Application, listing: Listing, at: datetime) -> Beside:
    """The lines of the queue from an application on; from the first one where it is in the queue no longer."""
    queue, entry = queue_of(actor, listing, at), entry_of(application)
    if entry:
        moment = entry.urgent_at if listing.order == Order.URGENT else entry.submitted_at
        queue = queue.after(listing.order, moment, entry.pk, itself=True)
    found = _lines(list(queue[:BESIDE_A_CASE]), at)
    others = (row for row in found if row.pk != application.pk)
    return Beside(rows=found, next=next(others, None))


def queue_of(actor: Actor, listing: Listing, at: datetime) -> QueueEntryQuerySet:
    """The queue of a listing, with what its lines need."""
    entries = _narrowed(actor, listing, at).in_order(listing.order)
    needed = ("application__applicant", "application__company", "officer")
    return entries.select_related(*needed).defer("application__typed", "application__answers")


def _narrowed(actor: Actor, listing: Listing, at: datetime) -> QueueEntryQuerySet:
    open_here = QueueEntry.objects.on_which(actor, Permission.READ_QUEUE, Permission.CHECK)
    return narrowed_to(listing.chosen.narrow(open_here, actor, at), listing, actor, at)


def narrowed_to(
    narrowed: QueueEntryQuerySet, listing: Listing, actor: Actor, at: datetime
) -> QueueEntryQuerySet:
    """Of these, what the service, the office and the mandates of a listing leave, whatever its filter."""
    if listing.service:
        narrowed = narrowed.filter(service=listing.service)
    if listing.office:
        narrowed = narrowed.filter(office=listing.office)
    return _mandated(narrowed, actor, at) if listing.is_mandated else narrowed


def _mandated(queue: QueueEntryQuerySet, actor: Actor, at: datetime) -> QueueEntryQuerySet:
    """What a mandate lets the actor decide, by its service and authority; the amount is asked at the decision."""
    used = list(Mandate.objects.used_by(actor.person, at=at).filter(acts__overlap=[Act.GRANT, Act.REFUSE]))
    within = Q(pk=None)
    for mandate in used:
        here = Q(authority=mandate.authority_id)
        if mandate.services:
            here &= Q(service__in=mandate.services)
        elif mandate.subject:
            current = ServiceVersion.objects.current().defer("source_text")
            asking = [each.service for each in current if each.definition.decision.mandate == mandate.subject]
            here &= Q(service__in=asking)
        within |= here
    return queue.filter(within)


def _offices(actor: Actor) -> list[tuple[str, Text]]:
    """The offices of the actor's authorities, once each by code."""
    here = Office.objects.filter(
        authority__in=actor.authorities_where(Permission.READ_QUEUE, Permission.CHECK)
    )
    return sorted({office.code: office.name for office in here}.items(), key=lambda each: text(each[1]))


def _lines(entries: list[QueueEntry], at: datetime, names: dict[int, Text] | None = None) -> list[Row]:
    for entry in entries:
        # Otherwise each line would query its application again.
        entry.application.queue_entry = entry
    return rows([entry.application for entry in entries], at=at, names=names)


def _after(queue: QueueEntryQuerySet, listing: Listing, cursor: str) -> QueueEntryQuerySet:
    moment, _comma, application = cursor.partition(",")
    try:
        return queue.after(listing.order, datetime.fromisoformat(moment), UUID(application))
    except ValueError:
        return queue  # an edited address shows the first page


def _next_page(listing: Listing, entries: list[QueueEntry]) -> str:
    last = entries[A_PAGE - 1]
    moment = last.urgent_at if listing.order == Order.URGENT else last.submitted_at
    after = urlencode({"after": f"{moment.isoformat()},{last.application_id}"})
    return f"{reverse('desk:queue')}?{'&'.join(filter(None, (listing.query, after)))}"


def rows(
    applications: Iterable[Application], *, at: datetime, names: dict[int, Text] | None = None
) -> list[Row]:
    """The applications as lines; their people and queue entries are prefetched.

    `names` are those of versions that the caller knows, by their keys.
    """
    shown, names = list(applications), names or {}
    if unknown := {each.service_version_id for each in shown} - names.keys():
        names = names | ServiceVersion.objects.names(unknown)
    return [_row(application, names[application.service_version_id], at) for application in shown]


def entry_of(application: Application) -> QueueEntry | None:
    """The application's entry in the queue while it is open."""
    entry = getattr(application, "queue_entry", None)
    return entry if application.stage in OPEN_STAGES else None


def _row(application: Application, service: Text, at: datetime) -> Row:
    entry = entry_of(application)
    holder = application.company or application.applicant
    return Row(
        pk=application.pk,
        reference=application.reference or "",
        service=service,
        applicant=holder.name,
        stage=application.stage,
        turn=entry.turn if entry else "",
        officer=entry.officer.name if entry and entry.officer else None,
        submitted_at=application.submitted_at,
        due_at=entry.due_at if entry else None,
        is_late=bool(entry and entry.due_at and entry.due_at <= at),
        is_proposed=bool(entry and entry.proposed_by_id),
    )
