"""The first page of the desk for each kind of its people, what waits today, and the keyboard shortcuts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.consents.models import Consent
from rukhsa.delivery.models import Notice
from rukhsa.digest import MOST, count_each, parts_of
from rukhsa.operations.job import failed
from rukhsa.reconciliation.models import Difference
from rukhsa.review import participant
from rukhsa.review.models import DrawnGrant, OfficerAlarm, WaitingInspection, WaitingReferral
from rukhsa.web.access import PortalRequest, signed_in

# The first of these for which the actor holds the permission in any scope.
_FIRST_PAGES = (
    (Permission.RESOLVE_SILENCE, "desk:today"),
    (Permission.CHECK, "desk:queue"),
    (Permission.INSPECT, "desk:inspections"),
    (Permission.ANSWER_REFERRAL, "desk:referrals"),
    (Permission.VOTE, "desk:matters"),
    (Permission.PROPOSE_PAYOUT, "desk:today"),
    (Permission.READ_JOURNAL, "desk:journal"),
    (Permission.READ_INSTRUMENTS, "desk:instruments"),
    (Permission.READ_SECURITY_LOG, "desk:today"),
    (Permission.READ_LOOKS, "desk:today"),
    (Permission.MANAGE_STAFF, "desk:today"),
    (Permission.READ_FIGURES, "desk:figures"),
    (Permission.READ_HEALTH, "desk:running"),
)
# What another person proposed, and the page on which it stands.
SECOND_PAGES: dict[str, tuple[Promise, str]] = {
    "decisions": (_("Proposed decisions"), "queue/?show=second"),
    "corrections": (_("Corrections of documents"), "instruments/?waits=correction"),
    "revocations": (_("Revocations"), "instruments/?waits=revocation"),
    "suspensions": (_("Suspensions"), "instruments/?waits=suspension"),
    "confirmations": (_("Documents suspended by one person"), "instruments/?waits=confirmation"),
    "waivers": (_("Waivers"), "waivers/"),
    "forfeitures": (_("Deposits to be kept"), "deposits/"),
    "payouts": (_("Refunds"), "payouts/"),
    "bank-files": (_("Bank files"), "payouts/"),
    "resolutions": (_("Payments in doubt"), "findings/"),
    "violations": (_("Violations"), "violations/?show=waiting"),
    "withdrawals": (_("Violations to withdraw"), "violations/?show=withdrawals"),
    "mandates": (_("Mandates"), "mandates/"),
    "deputies": (_("Deputies"), "mandates/"),
    "minutes": (_("Minutes to sign"), "matters/"),
    "accounts": (_("Changes of accounts to approve"), "staff/"),
    "settings": (_("Changes of settings to approve"), "settings/"),
    "services": (_("Texts of services to approve"), "catalogue/"),
    "erasures": (_("Erasures to approve"), "people/retention"),
    "holds": (_("Holds for a dispute"), "people/retention"),
    "starts": (_("Start of issuing"), "running/issuing/"),
    "successions": (_("Succession of a log"), "running/issuing/"),
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """What may wait for a person beside cases: its rows are counted, and stand on the page at `path`."""

    name: str
    label: Promise
    path: str
    permission: Permission
    rows: Callable[[Actor, datetime], QuerySet[Any]] = field(compare=False)


def _referrals(actor: Actor, at: datetime) -> QuerySet[Any]:
    return WaitingReferral.objects.filter(agency__in=actor.agencies_where(Permission.ANSWER_REFERRAL))


def _visits(actor: Actor, at: datetime) -> QuerySet[Any]:
    return WaitingInspection.objects.filter(authority__in=actor.authorities_where(Permission.INSPECT))


A_WEEK: Final = timedelta(days=7)
# In the order in which they are shown: what is late before what waits.
TASKS: Final = (
    Task(
        name="referrals-late",
        label=_("Referrals that are late"),
        path="referrals/",
        permission=Permission.ANSWER_REFERRAL,
        rows=lambda actor, at: _referrals(actor, at).filter(due_at__lte=at),
    ),
    Task(
        name="referrals",
        label=_("Referrals to answer"),
        path="referrals/",
        permission=Permission.ANSWER_REFERRAL,
        rows=_referrals,
    ),
    Task(
        name="visits-late",
        label=_("Visits that are late"),
        path="inspections/",
        permission=Permission.INSPECT,
        rows=lambda actor, at: _visits(actor, at).filter(due_at__lte=at),
    ),
    Task(
        name="visits",
        label=_("Visits to make"),
        path="inspections/",
        permission=Permission.INSPECT,
        rows=_visits,
    ),
    Task(
        name="matters",
        label=_("Before your committee"),
        path="matters/",
        permission=Permission.VOTE,
        rows=lambda actor, at: participant.matters(actor).exclude(waiting_matter=None),
    ),
    Task(
        name="differences",
        label=_("Differences to settle"),
        path="differences/",
        permission=Permission.RECONCILE,
        rows=lambda actor, at: Difference.objects.on_which(actor, Permission.RECONCILE).open().owned(),
    ),
    Task(
        name="second-looks",
        label=_("Approvals to look at again"),
        path="second-looks/",
        permission=Permission.DECIDE,
        rows=lambda actor, at: DrawnGrant.objects.on_which(actor, Permission.DECIDE).for_another(
            actor.person
        ),
    ),
    Task(
        name="deeds",
        label=_("Powers of attorney to check"),
        path="deeds/",
        permission=Permission.CHECK_DEED,
        rows=lambda actor, at: Consent.objects.to_check(at=at),
    ),
    Task(
        name="alarms",
        label=_("Unusual decisions this week"),
        path="alarms/",
        permission=Permission.READ_ALARMS,
        rows=lambda actor, at: OfficerAlarm.objects.on_which(actor, Permission.READ_ALARMS).filter(
            day__gte=timezone.localdate(at) - A_WEEK
        ),
    ),
    Task(
        name="unsent",
        label=_("Messages that could not be sent"),
        path="running/messages/",
        permission=Permission.READ_HEALTH,
        rows=lambda actor, at: Notice.objects.on_which(actor, Permission.READ_HEALTH).failing(),
    ),
    Task(
        name="jobs",
        label=_("Jobs that failed"),
        path="running/",
        permission=Permission.OPERATE,
        rows=lambda actor, at: failed(),
    ),
)


@signed_in
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """Redirect to the first page of this person."""
    return redirect(_first_page(request.actor))


@signed_in
@require_GET
def today(request: PortalRequest) -> HttpResponse:
    """What waits for this person today, each number with the list behind it; counted in one statement."""
    actor, at = request.actor, timezone.now()
    _first_page(actor)
    more = {task: task.rows(actor, at) for task in TASKS if actor.holds_somewhere(task.permission)}
    parts = {**parts_of(actor, at=at), **{task.name: rows for task, rows in more.items()}}
    counted = count_each(parts, most=MOST) if parts else {}
    is_supervisor = actor.holds_somewhere(Permission.RESOLVE_SILENCE)
    own = _cases(counted, is_supervisor=is_supervisor) if actor.holds_somewhere(Permission.CHECK) else []
    waiting = [(task.label, task.path, counted[task.name]) for task in more if counted[task.name]]
    second = [(*SECOND_PAGES[kind], counted[kind]) for kind in SECOND_PAGES if counted.get(kind)]
    context = {"numbers": [*own, *waiting], "second": second, "is_supervisor": is_supervisor, "most": MOST}
    return render(request, "desk/today.html", context)


@signed_in
@require_GET
def keys(request: PortalRequest) -> HttpResponse:
    """The keyboard shortcuts of the desk."""
    _first_page(request.actor)
    return render(request, "desk/keys.html")


def _cases(counted: dict[str, int], *, is_supervisor: bool) -> list[tuple[Promise, str, int]]:
    return [
        (_("Late at the authority") if is_supervisor else _("Late"), "queue/?show=late", counted["late"]),
        (_("Mine"), "queue/?show=mine", counted["mine"]),
        (_("Unassigned"), "queue/?show=unassigned", counted["unassigned"]),
    ]


def _first_page(actor: Actor) -> str:
    for permission, page in _FIRST_PAGES:
        if actor.holds_somewhere(permission):
            return page
    raise NotPermitted
