"""Sharing out the work: the next in line, the workload of each officer, and handing out or deciding many at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.agreement import AgreementError
from rukhsa.applications.models import Application
from rukhsa.applications.stages import NotPossible
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.catalogue.territory import territory
from rukhsa.review import assignment, decision
from rukhsa.review.errors import ReviewError
from rukhsa.review.next_in_line import take_next
from rukhsa.review.queue import Order, QueueEntry, QueueEntryQuerySet
from rukhsa.values.money import Money
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.decision import problem_of
from rukhsa.web.desk.grant_preview import total_foreseen
from rukhsa.web.desk.queue import Row, listing_of, rows
from rukhsa.web.sentences import sentence_of

MOST_AT_ONCE = 100  # each is an act of its own, and one request is to answer within seconds
_NEEDED = ("application__applicant", "application__company", "officer", "application__service_version")


@requires(Permission.READ_QUEUE, Permission.CHECK)
@require_POST
def next_in_line(request: PortalRequest) -> HttpResponse:
    """Open the most urgent application that no officer has, and hold it for this officer for a while."""
    listing = listing_of(request.GET)
    entry = take_next(request.actor, service=listing.service, at=timezone.now())
    if entry is None:
        messages.info(request, str(_("No application is waiting for an officer.")))
        return redirect(reverse("desk:queue") + listing.suffix)
    return redirect(reverse("desk:application", args=[entry.pk]) + listing.suffix)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one officer has in hand; None for what no officer has."""

    officer: Person | None
    open: int
    late: int
    oldest: datetime | None


@requires(Permission.REINSTATE, Permission.ASSIGN)
@require_GET
def workload(request: PortalRequest) -> HttpResponse:
    """What each officer has in hand, and the form that hands out many at once."""
    at = timezone.now()
    record("see-workload", request.actor.person, actor=request.actor, at=at)
    return render(request, "desk/workload.html", {"loads": _loads(request.actor, at), "most": MOST_AT_ONCE})


def _loads(actor: Actor, at: datetime) -> list[Load]:
    here = _queue(actor).order_by().values("officer")
    late = Count("pk", filter=Q(due_at__lte=at))
    counted: dict[UUID | None, Any] = {
        each["officer"]: each
        for each in here.annotate(all=Count("pk"), late=late, oldest=Min("submitted_at"))
    }
    officers = [*_officers(actor, at), None]
    none: dict[str, Any] = {"all": 0, "late": 0, "oldest": None}
    found = ((officer, counted.get(officer.pk if officer else None, none)) for officer in officers)
    return [
        Load(officer=officer, open=each["all"], late=each["late"], oldest=each["oldest"])
        for officer, each in found
    ]


def _queue(actor: Actor) -> QueueEntryQuerySet:
    return QueueEntry.objects.on_which(actor, Permission.REINSTATE, Permission.ASSIGN)


def _officers(actor: Actor, at: datetime) -> Iterable[Person]:
    roles = [role for role, granted in PERMISSIONS.items() if Permission.CHECK in granted]
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(
        authority__in=actor.authorities_where(Permission.REINSTATE, Permission.ASSIGN), role__in=roles
    )
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en", "pk")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One application of a bulk act: what is to be done or was done, and why not."""

    row: Row
    officer: Person | None = None
    problem: Promise | str = ""
    done: bool = False
    fee: Money | None = None  # what the applicant would pay after a grant


@requires(Permission.REINSTATE, Permission.ASSIGN)
@require_POST
def distribute(request: PortalRequest) -> HttpResponse:
    """Show who would be given what, in turn and the most urgent first; confirmed, hand it out and report each."""
    at = timezone.now()
    chosen = [each for each in _officers(request.actor, at) if str(each.pk) in request.POST.getlist("to")]
    source = _of_officer(_queue(request.actor), request.POST.get("from", ""))
    if not chosen:
        messages.error(request, str(_("Choose who is to be given the applications.")))
        return redirect("desk:workload")
    wanted = min(_number(request.POST.get("count", "")), MOST_AT_ONCE)
    shown = _entries(request, source, wanted)
    lines = [Line(row=row, officer=officer) for row, officer in zip(shown.rows, cycle(chosen), strict=False)]
    if "confirmed" in request.POST:

        def act(application: Application, line: Line) -> None:
            assert line.officer
            assignment.hand_over(application, line.officer, actor=request.actor, at=at)

        lines = [_carried_out(shown.application(line), line, act) for line in lines]
    context = {"lines": lines, "is_done": "confirmed" in request.POST, "to": chosen, "count": wanted,
               "source": request.POST.get("from", ""), "verb": "distribute"}  # fmt: skip
    return render(request, "desk/many.html", context)


@requires(Permission.DECIDE)
@require_http_methods(["GET", "POST"])
def decide_many(request: PortalRequest) -> HttpResponse:
    """Show which of a list could be approved, and why the others could not; confirmed, approve and report each."""
    at, listing = timezone.now(), listing_of(request.GET)
    here = QueueEntry.objects.on_which(request.actor, Permission.DECIDE).to_decide_by(request.actor.person)
    here = here.filter(service=listing.service) if listing.service else here
    shown = _entries(request, here, MOST_AT_ONCE)
    lines = [_foreseen(row, shown.by_key[row.pk], at) for row in shown.rows]
    if request.method == "POST":

        def act(application: Application, line: Line) -> None:
            basis = application.definition.legal_basis.in_language(application.language)
            decision.decide(application, "granted", "", basis, actor=request.actor, at=at)

        lines = [line if line.problem else _carried_out(shown.application(line), line, act) for line in lines]
    good = [line for line in lines if not line.problem]
    total = Money(minor=sum(line.fee.minor for line in good if line.fee), currency=territory().currency)
    context = {"lines": lines, "is_done": request.method == "POST", "verb": "decide", "listing": listing,
               "ready": len(good), "total": total}  # fmt: skip
    return render(request, "desk/many.html", context)


def _foreseen(row: Row, application: Application, at: datetime) -> Line:
    """What a grant would bring: its fee, or why there can be none."""
    if problem := _problem(application, at):
        return Line(row=row, problem=problem)
    total, problem = total_foreseen(application, at=at)
    return Line(row=row, problem=problem, fee=total)


def _problem(application: Application, at: datetime) -> Any:
    if application.definition.decision.decide not in {"officer", "rule"}:
        return _("One officer alone does not decide this service.")
    return problem_of(application, {"outcome": "granted", "reasons": ""}, [], at) or ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The applications of a bulk act, as rows, and each by its key."""

    rows: list[Row]
    by_key: dict[UUID, Application]

    def application(self, line: Line) -> Application:
        """The application of a line."""
        return self.by_key[line.row.pk]


def _entries(request: PortalRequest, queue: QueueEntryQuerySet, most: int) -> Shown:
    """The most urgent of a list; once confirmed, those alone that were shown then."""
    queue = queue.in_order(Order.URGENT).select_related(*_NEEDED)
    if confirmed := request.POST.getlist("row"):
        keys = [key for key in map(_key, confirmed[:MOST_AT_ONCE]) if key]
        queue = queue.filter(pk__in=keys)
    entries = list(queue[:most])
    for entry in entries:
        entry.application.queue_entry = entry
    applications = [entry.application for entry in entries]
    return Shown(rows=rows(applications, at=timezone.now()), by_key={each.pk: each for each in applications})


def _carried_out(application: Application, line: Line, act: Callable[[Application, Line], None]) -> Line:
    """One act in a transaction of its own: what is refused says why, and the others are done all the same."""
    try:
        act(application, line)
    except (AgreementError, ReviewError, NotPossible) as error:
        problem = getattr(error, "text", None) or sentence_of(error.code)
        return Line(row=line.row, officer=line.officer, problem=problem)
    return Line(row=line.row, officer=line.officer, done=True, fee=line.fee)


def _of_officer(queue: QueueEntryQuerySet, source: str) -> QueueEntryQuerySet:
    key = _key(source)
    return queue.filter(officer=key) if key else queue.unassigned()


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("10000") else MOST_AT_ONCE
