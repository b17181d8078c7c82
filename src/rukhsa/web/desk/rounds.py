"""The pages of rounds: the visits to be planned, on a map and in a list, and each inspector's round of a day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, prefetch_related_objects
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.late import shapes
from rukhsa.mandates.models import Absence
from rukhsa.places.geometry import GeometryError, parse_area
from rukhsa.review.appointment import Appointment, standing_appointments
from rukhsa.review.inspection import Inspection
from rukhsa.rounds.errors import RoundError
from rukhsa.rounds.field_report import FieldReport
from rukhsa.rounds.nearest_next import Point
from rukhsa.rounds.round import (
    MOST_STOPS,
    Round,
    Stop,
    hand_on,
    inspectors_of,
    plan_round,
    take_off,
    unplanned,
)
from rukhsa.rounds.visit_point import place_in, points_of, within
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.inspections import SELDOM_READ, VisitShown, due_on, shown

MOST_LISTED = 150
MOST_LOOKED_AT = 500  # of the visits among which those of a block or an area are found, the most urgent first
MOST_CORNERS = 100  # of an area, which stands in the address; the sentence of refusal says so


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many visits an inspector has on a day, and whether the inspector is away."""

    inspector: Person
    round: Round | None
    visits: int
    away_until: date | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """The part of the town whose visits are chosen: a block, or an area that was drawn, as the address has it."""

    block: int | None = None
    typed: str = ""  # the corners of the area, one on each line: latitude, longitude
    area: Mapping[str, Any] | None = None  # GeoJSON
    problem: str = ""  # why the area cannot be read; then nothing is chosen by it

    @staticmethod
    def wanted(given: QueryDict) -> "Part":
        """The part that a query or a form names; without one, all of the town."""
        typed = given.get("area", "").strip()
        if not typed:
            return Part(block=_number(given.get("block", "")))
        try:
            area = parse_area(typed)["geometry"]
        except GeometryError as error:
            return Part(typed=typed, problem=_area_problem(error.code))
        corners = area["coordinates"][0][:-1]
        if len(corners) > MOST_CORNERS:
            return Part(typed=typed, problem=_area_problem("too-few-or-too-many-points"))
        return Part(typed="\n".join(f"{latitude}, {longitude}" for longitude, latitude in corners), area=area)

    @property
    def query(self) -> dict[str, str]:
        """What of it stands in the address."""
        told = {"block": str(self.block or ""), "area": self.typed if self.area else ""}
        return {name: value for name, value in told.items() if value}

    def of(self, visits: Sequence[Inspection], points: Mapping[Any, Point]) -> list[Inspection]:
        """The visits in this part, in the same order; one whose place is not known lies in no area."""
        if self.area:
            inside = within(self.area, points)
            return [each for each in visits if each.pk in inside]
        return [each for each in visits if not self.block or _block(each) == self.block]


@requires(Permission.PLAN_ROUND)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The visits that wait to be planned, and who has how many on a day."""
    at = timezone.now()
    today = timezone.localdate(at)
    day = _day(request.GET.get("day", "")) or today
    waiting = unplanned(request.actor).filter(Q(planned_on=None) | Q(planned_on__lt=today))
    waiting = waiting.select_related("application__service_version").defer(*SELDOM_READ)
    found = list(waiting[: MOST_LOOKED_AT + 1])
    visits = found[:MOST_LOOKED_AT]
    points = points_of(visits, on=today)
    part = Part.wanted(request.GET)
    here = part.of(visits, points)
    listed = here[:MOST_LISTED]
    prefetch_related_objects(listed, "reports")
    record("see-rounds", request.actor.person, actor=request.actor, at=at)
    context = {
        "day": day,
        "is_inspector": request.actor.holds_somewhere(Permission.INSPECT),
        "part": part,
        "blocks": sorted(Counter(block for each in visits if (block := _block(each))).items()),
        "has_more": len(found) > MOST_LOOKED_AT or len(here) > MOST_LISTED,
        "lines": _lines(listed, at),
        "most_stops": MOST_STOPS,
        "placeless": len(visits) - len(points),
        "points": list(points.values()),
        "picture": _picture(
            (points[each.pk] for each in visits[:MOST_LISTED] if each.pk in points), part.area
        ),
        "loads": _loads(request.actor, day, at),
        "conflicts": _conflicts(request.actor),
    }
    return render(request, "desk/rounds.html", context, status=422 if part.problem else 200)


@requires(Permission.PLAN_ROUND)
@require_POST
def plan(request: PortalRequest) -> HttpResponse:
    """Plan the chosen visits for an inspector on a day."""
    day = _day(request.POST.get("day", ""))
    inspector = _inspector(request, day)
    chosen = [key for text in request.POST.getlist("visit")[:MOST_LISTED] if (key := _key(text))]
    query = urlencode(({"day": str(day)} if day else {}) | Part.wanted(request.POST).query)
    back = f"{reverse('desk:rounds')}?{query}"
    if day is None or inspector is None:
        messages.error(request, _("Choose an inspector and a day."))
        return redirect(back)
    try:
        planned = plan_round(chosen, inspector, day, actor=request.actor, at=timezone.now())
    except RoundError as error:
        messages.error(request, str(error.text))
        return redirect(back)
    messages.success(request, _("The visits are in the round, in the order of the shortest way."))
    return redirect("desk:round", planned.pk)


@requires(Permission.PLAN_ROUND)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A round, in the order in which its visits are made."""
    at = timezone.now()
    here = Round.objects.on_which(request.actor, Permission.PLAN_ROUND)
    planned = here.select_related("inspector").get(pk=pk)
    stops = Stop.objects.of(planned).select_related("inspection__application__service_version")
    stops = stops.defer(*(f"inspection__{name}" for name in SELDOM_READ))
    visits = [each.inspection for each in stops.prefetch_related("inspection__reports")]
    points = points_of(visits, on=planned.day)
    record("see-round", planned, actor=request.actor, at=at)
    context = {
        "round": planned,
        "lines": _lines(visits, at),
        "picture": _picture(points[each.pk] for each in visits if each.pk in points),
        "inspectors": _inspectors(request.actor, timezone.localdate(at)),
        "today": timezone.localdate(at),
        "is_own": planned.inspector_id == request.actor.person.pk,
        "may_plan": planned.inspector_id == request.actor.person.pk
        or request.actor.holds(Permission.PLAN_ALL_ROUNDS, at=planned.scope),
    }
    return render(request, "desk/round.html", context)


@requires(Permission.PLAN_ROUND)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take a visit out of a round, or hand the whole round on to another inspector."""
    at = timezone.now()
    planned = Round.objects.on_which(request.actor, Permission.PLAN_ROUND).get(pk=pk)
    planned.require_planner(request.actor)
    if verb == "take-off" and (key := _key(request.POST.get("visit", ""))):
        take_off(planned, key, actor=request.actor, at=at)
        messages.success(request, _("The visit waits to be planned again."))
    elif verb == "hand-on":
        day = _day(request.POST.get("day", ""))
        inspector = _inspector(request, day)
        if day is None or inspector is None:
            messages.error(request, _("Choose an inspector and a day."))
            return redirect("desk:round", pk)
        try:
            planned = hand_on(planned, inspector, day, actor=request.actor, at=at)
            messages.success(request, _("The open visits are in this round now."))
        except RoundError as error:
            messages.error(request, str(error.text))
    return redirect("desk:round", planned.pk)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A visit on the page of rounds."""

    visit: VisitShown
    due_on: date
    is_late: bool
    appointment: Appointment | None


def _lines(visits: list[Inspection], at: datetime) -> list[Line]:
    fixed = standing_appointments(visits)
    return [
        Line(
            visit=each,
            due_on=due_on(each.inspection),
            is_late=at >= each.inspection.due_at,
            appointment=fixed.get(each.inspection.pk),
        )
        for each in shown(visits, at=at)
    ]


def _loads(actor: Actor, day: date, at: datetime) -> list[Load]:
    inspectors = list(_inspectors(actor, day))
    rounds = Round.objects.on_which(actor, Permission.PLAN_ROUND).filter(day=day, inspector__in=inspectors)
    by_inspector = {each.inspector_id: each for each in rounds}
    standing = Stop.objects.standing().filter(round__in=by_inspector.values()).order_by()
    counted = dict(standing.values_list("round").annotate(Count("pk")))
    away = dict(
        Absence.objects.in_force(at=at).filter(officer__in=inspectors).values_list("officer", "until")
    )
    return [
        Load(
            inspector=each,
            round=(planned := by_inspector.get(each.pk)),
            visits=counted.get(planned.pk, 0) if planned else 0,
            away_until=away.get(each.pk),
        )
        for each in inspectors
    ]


def _inspectors(actor: Actor, day: date) -> Iterable[Person]:
    """Those whose rounds the actor plans: the own one, or everyone's at the authorities where the actor assigns."""
    handing_out = actor.authorities_where(Permission.PLAN_ALL_ROUNDS)
    found = {actor.person: None} if actor.holds_somewhere(Permission.INSPECT) else {}
    for authority in sorted(handing_out):
        found |= dict.fromkeys(inspectors_of([authority], on=day))
    return found


def _inspector(request: PortalRequest, day: date | None) -> Person | None:
    wanted = request.POST.get("inspector", "")
    return (
        next((each for each in _inspectors(request.actor, day) if str(each.pk) == wanted), None)
        if day
        else None
    )


def _conflicts(actor: Actor) -> int:
    if not actor.holds_somewhere(Permission.SETTLE_REPORT):
        return 0
    return FieldReport.objects.on_which(actor, Permission.SETTLE_REPORT).in_conflict().count()


def _picture(points: Iterable[Point], area: Mapping[str, Any] | None = None) -> Mapping[str, Any] | None:
    """A mark at each point, and the area that was drawn, for the picture by the server."""
    spots, drawn = shapes.MultiPoint(list(points)), [shapes.shape(area)] if area else []
    if spots.is_empty and not drawn:
        return None
    west, south, east, north = shapes.GeometryCollection([spots, *drawn]).bounds
    marks = spots.buffer(max(east - west, north - south, 0.001) / 60, quad_segs=2)
    told: Mapping[str, Any] = shapes.mapping(
        shapes.GeometryCollection([*drawn, *([] if marks.is_empty else [marks])])
    )
    return told


def _area_problem(code: str) -> str:
    """What is to be done about an area that cannot be read."""
    if code == "area-crosses-itself":
        return _("The sides of the area cross each other. Draw it so that they do not.")
    if code == "too-few-or-too-many-points":
        return _("Draw the area with at least three corners, and with no more than a hundred.")
    return _("Draw the area, or enter one corner on each line: latitude, longitude, like 26.2235, 50.5876.")


def _block(inspection: Inspection) -> int | None:
    _drawn, address = place_in(inspection)
    return int(address["block"]) if address else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("100000") else None
