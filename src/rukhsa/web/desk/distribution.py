"""Sharing out the work: the next in line, the workload of each officer, and handing out or deciding many at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.review import assignment, decision
from rukhsa.review.next_in_line import take_next
from rukhsa.review.queue import Order, QueueEntry, QueueEntryQuerySet
from rukhsa.values.money import Money
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.decision import grant_problems
from rukhsa.web.desk.grant_preview import total_foreseen
from rukhsa.web.desk.queue import Row, listing_of, narrowed_to, rows
from rukhsa.web.sentences import sentence_for

MOST_AT_ONCE = 300  # a season's camps: each is an act of its own, and one request is to answer within seconds
_NEEDED = ("application__applicant", "application__company", "officer", "application__service_version",
           "application__process_version")  # fmt: skip
_SELDOM = tuple(
    f"application__{version}__{name}"
    for version in ("service_version", "process_version")
    for name in ("meaning", "source_text")
)
_GIVEN_MEANWHILE = _("Another person has it meanwhile.")
_DECIDED_MEANWHILE = _("It no longer waits for your decision.")


@requires(Permission.READ_QUEUE, Permission.CHECK)
@require_POST
def next_in_line(request: PortalRequest) -> HttpResponse:
    """Open the most urgent application that no officer has, of the service, office and mandates of the list, and hold
    it for this officer for a while."""
    at, listing = timezone.now(), listing_of(request.GET)
    entry = take_next(
        request.actor, at=at, narrow=lambda queue: narrowed_to(queue, listing, request.actor, at)
    )
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
    """Show who would be given what, in turn and the most urgent first; confirmed, hand it out so and report each."""
    at, source, is_done = timezone.now(), request.POST.get("from", ""), "confirmed" in request.POST
    officers = {str(each.pk): each for each in _officers(request.actor, at)}
    chosen = [each for key, each in officers.items() if key in request.POST.getlist("to")]
    if not chosen:
        messages.error(request, str(_("Choose who is to be given the applications.")))
        return redirect("desk:workload")
    wanted, here = min(_number(request.POST.get("count", "")), MOST_AT_ONCE), _queue(request.actor)
    waiting = _of_officer(here, source)
    if is_done:
        pairs = dict(each.partition(" ")[::2] for each in request.POST.getlist("row")[:MOST_AT_ONCE])
        shown = _confirmed(here, waiting, pairs)
        given = ((row, officers.get(pairs[str(row.pk)])) for row in shown.rows)
        lines = [Line(row=row, officer=officer) for row, officer in given if officer]
    else:
        shown = _shown(list(_with_needed(waiting).in_order(Order.URGENT)[:wanted]))
        lines = [Line(row=row, officer=each) for row, each in zip(shown.rows, cycle(chosen), strict=False)]

    def act(application: Application, line: Line) -> None:
        assert line.officer
        assignment.hand_over(application, line.officer, actor=request.actor, at=at)

    if is_done:
        lines = _carried_out(shown, lines, act, otherwise=_GIVEN_MEANWHILE)
    context = {"to": chosen, "count": wanted, "source": source, "verb": "distribute"}
    return render(request, "desk/many.html", context | _told(lines, shown, is_done=is_done))


@requires(Permission.DECIDE)
@require_http_methods(["GET", "POST"])
def decide_many(request: PortalRequest) -> HttpResponse:
    """Show which of a list could be approved, and why the others could not; confirmed, approve and report each."""
    at, listing, is_done = timezone.now(), listing_of(request.GET), "confirmed" in request.POST
    here = QueueEntry.objects.on_which(request.actor, Permission.DECIDE)
    waiting = narrowed_to(here.to_decide_by(request.actor.person), listing, request.actor, at)
    if is_done:
        shown = _confirmed(here, waiting, request.POST.getlist("row")[:MOST_AT_ONCE])
    else:
        shown = _shown(list(_with_needed(waiting).in_order(Order.URGENT)[:MOST_AT_ONCE]))
    lines = _foreseen(shown, request.actor, at)

    def act(application: Application, line: Line) -> None:
        basis = application.definition.legal_basis.in_language(application.language)
        decision.decide(application, "granted", "", basis, actor=request.actor, at=at)

    if is_done:
        lines = _carried_out(shown, lines, act, otherwise=_DECIDED_MEANWHILE)
    good = [line for line in lines if not line.problem]
    total = Money(minor=sum(line.fee.minor for line in good if line.fee), currency=territory().currency)
    context = {"verb": "decide", "listing": listing, "total": total}
    return render(request, "desk/many.html", context | _told(lines, shown, is_done=is_done))


def _told(lines: list[Line], shown: "Shown", *, is_done: bool) -> dict[str, Any]:
    """What both pages say of their lines: those that cannot be done, or were not, come first."""
    bad = [line for line in lines if line.problem]
    return {
        "lines": [*bad, *(line for line in lines if not line.problem)],
        "is_done": is_done,
        "ready": len(lines) - len(bad),
        "refused": len(bad),
        "gone": shown.gone,
    }


def _foreseen(shown: "Shown", actor: Actor, at: datetime) -> list[Line]:
    """What each grant would bring: its fee, or why there can be none; as many statements for many as for one."""
    problems: dict[UUID, Any] = {
        each.pk: _("One officer alone does not decide this service.")
        for each in shown.by_key.values()
        if each.definition.decision.decide not in {"officer", "rule"}
    }
    asked = [each for each in shown.by_key.values() if not {each.pk} & (problems.keys() | shown.late)]
    problems |= grant_problems(asked, actor, at)
    lines = []
    for row in shown.rows:
        fee, problem = None, problems.get(row.pk, "")
        if not problem:
            fee, problem = total_foreseen(shown.by_key[row.pk], at=at)
        lines.append(Line(row=row, problem=problem, fee=fee))
    return lines


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The applications of a bulk act, as rows and each by its key.

    Once confirmed, `late` are those that someone acted on after they were shown, and `gone` how many left the queue.
    """

    rows: list[Row]
    by_key: dict[UUID, Application]
    late: frozenset[UUID] = frozenset()
    gone: int = 0


def _shown(entries: list[QueueEntry], **after: Any) -> Shown:
    for entry in entries:
        entry.application.queue_entry = entry
    applications = [entry.application for entry in entries]
    by_key = {each.pk: each for each in applications}
    return Shown(rows=rows(applications, at=timezone.now()), by_key=by_key, **after)


def _confirmed(here: QueueEntryQuerySet, waiting: QueueEntryQuerySet, confirmed: Iterable[str]) -> Shown:
    """Those that were shown and confirmed and no others, whether or not they wait still."""
    keys = {key for key in map(_key, confirmed) if key}
    entries = list(_with_needed(here.filter(pk__in=keys)).in_order(Order.URGENT))
    late = {each.pk for each in entries} - set(waiting.filter(pk__in=keys).values_list("pk", flat=True))
    return _shown(entries, late=frozenset(late), gone=len(keys) - len(entries))


def _carried_out(
    shown: Shown, lines: list[Line], act: Callable[[Application, Line], None], *, otherwise: Promise
) -> list[Line]:
    """Each act in a transaction of its own: what is refused says why, and the others are done all the same."""

    def carried_out(line: Line) -> Line:
        if line.row.pk in shown.late:
            return replace(line, problem=otherwise)
        if line.problem:
            return line
        try:
            act(shown.by_key[line.row.pk], line)
        except RukhsaError as error:
            return replace(line, problem=sentence_for(error), fee=None)
        return replace(line, done=True)

    return [carried_out(line) for line in lines]


def _with_needed(queue: QueueEntryQuerySet) -> QueueEntryQuerySet:
    return queue.select_related(*_NEEDED).defer("application__typed", *_SELDOM)


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
