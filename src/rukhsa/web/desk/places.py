"""The address register and the parcels: governorate, block, road, building, and the changes of each."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import authority
from rukhsa.catalogue.territory import Governorate, territory
from rukhsa.issuance.models import Instrument
from rukhsa.places import register
from rukhsa.places.address import spoken_parts
from rukhsa.places.block import BlockOnDay, blocks_on
from rukhsa.places.models import Block, Occupation, ParcelEntry, RegisterChange
from rukhsa.places.occupation import under_way
from rukhsa.places.parcel import ParcelError, parcel_number, parcel_on, parcels_on
from rukhsa.review import participant
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE

A_PAGE = 50
NAMELESS = Text()


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    """A place in a list: its address, its name, and how many registered addresses it has."""

    address: str
    number: str = ""
    name: Text = NAMELESS
    standing: int = 0


@dataclass(frozen=True, kw_only=True)
class ChangeShown:
    """A change of the register, a link to its instrument if readable, and its other effects."""

    change: RegisterChange
    instrument: UUID | None
    other: RegisterChange | None  # removed for this one, or entered for it, by the same instrument


@requires(Permission.READ_PLACES)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The governorates of the actor's authorities, and a search."""
    return _first_page(request)


def _first_page(request: PortalRequest, *, wanted: str = "", error: Promise | None = None) -> HttpResponse:
    mine = blocks_of(request.actor)
    rows = [
        (id, each.name, sum(block.authority in each.authorities for block in mine.values()))
        for id, each in governorates(request.actor).items()
    ]
    is_empty = not RegisterChange.objects.filter(block__in=mine).exists()
    context = {"rows": rows, "is_empty": is_empty, "wanted": wanted, "error": error}
    return render(request, "desk/places.html", context, status=UNPROCESSABLE if error else 200)


@requires(Permission.READ_PLACES)
@require_http_methods(["GET", "POST"])
def find(request: PortalRequest) -> HttpResponse:
    """Redirect to the place that was written; posted, so that no search term stands in an address."""
    if request.method == "GET":
        return redirect("desk:places")
    wanted = request.POST.get("wanted", "")[:200]
    record("search-places", request.actor.person, actor=request.actor, at=timezone.now())
    mine = blocks_of(request.actor)
    place = found_place(wanted, mine, on=timezone.localdate())
    if place is None:
        error = _("No block or parcel of your authority has this number. Enter it as on the address plate.")
        return _first_page(request, wanted=wanted, error=error)
    return redirect(place)


@requires(Permission.READ_PLACES)
@require_GET
def governorate(request: PortalRequest, governorate: str) -> HttpResponse:
    """The actor's blocks of a governorate, by page."""
    here = governorates(request.actor).get(governorate)
    if here is None:
        raise Http404
    mine = blocks_of(request.actor)
    numbers = sorted(number for number, block in mine.items() if block.authority in here.authorities)
    page = Paginator(numbers, A_PAGE).get_page(request.GET.get("page"))
    counts = register.how_many_stand("block", page.object_list)
    rows = [
        PlaceRow(
            address=reverse("desk:block", args=[number]),
            number=str(number),
            name=mine[number].area,
            standing=counts.get(number, 0),
        )
        for number in page
    ]
    context = {"title": here.name, "rows": rows, "page": page, "what": _("Block")}
    return render(request, "desk/places_within.html", context)


@requires(Permission.READ_PLACES)
@require_GET
def block(request: PortalRequest, block: int) -> HttpResponse:
    """The roads of a block in the register, by page, and the works under way there."""
    here = reached(request, block)
    page = Paginator(register.roads_known(block), A_PAGE).get_page(request.GET.get("page"))
    counts = register.how_many_stand("road", page.object_list, block=block)
    rows = [
        PlaceRow(
            address=reverse("desk:road", args=[block, road]), number=str(road), standing=counts.get(road, 0)
        )
        for road in page
    ]
    today = timezone.localdate()
    context = {
        **trail(request.actor, here),
        "rows": rows,
        "page": page,
        "what": _("Road"),
        "works": _works(request.actor, under_way(block, on=today)[:A_PAGE]),
        "parcels": parcels_on(today).filter(block=block).count(),
    }
    return render(request, "desk/block.html", context)


@requires(Permission.READ_PLACES)
@require_GET
def road(request: PortalRequest, block: int, road: int) -> HttpResponse:
    """The buildings of a road in the register, by page."""
    here = reached(request, block)
    page = Paginator(register.buildings_known(block, road), A_PAGE).get_page(request.GET.get("page"))
    counts = register.how_many_stand("building", page.object_list, block=block, road=road)
    rows = [
        PlaceRow(
            address=reverse("desk:building", args=[block, road, building]),
            number=building,
            standing=counts.get(building, 0),
        )
        for building in page
    ]
    context = {**trail(request.actor, here, road), "rows": rows, "page": page, "what": _("Building")}
    return render(request, "desk/places_within.html", context)


@requires(Permission.READ_PLACES)
@require_GET
def building(request: PortalRequest, block: int, road: int, building: str) -> HttpResponse:
    """A building with its flats, the changes of each, and the works under way there."""
    here = reached(request, block, road=road, building=building.upper()[:6])
    building = building.upper()
    happened = register.history_of(block, road, building).select_related("actor")
    page = Paginator(happened, A_PAGE).get_page(request.GET.get("page"))
    works = under_way(block, on=timezone.localdate()).filter(address__road=road, address__building=building)
    context = {
        **trail(request.actor, here, road),
        "building": building,
        "standing": register.standing()
        .filter(block=block, road=road, building=building)
        .order_by("flat")[:A_PAGE],
        "changes": _changes(request.actor, page.object_list),
        "page": page,
        "works": _works(request.actor, works[:A_PAGE]),
    }
    return render(request, "desk/building.html", context)


def governorates(actor: Actor) -> dict[str, Governorate]:
    """The governorates of the actor's authorities; where the territory has none, its authorities."""
    here, on = territory(), timezone.localdate()
    named = here.governorates or {
        each.id: Governorate(name=each.name(on=on), authorities=(each.code,), source=each.source)
        for each in here.authorities
    }
    mine = actor.authorities_where(Permission.READ_PLACES)
    return {id: each for id, each in named.items() if mine & set(each.authorities)}


def blocks_of(actor: Actor) -> dict[int, BlockOnDay]:
    """The blocks of the actor's authorities today; the cost grows with the territory's blocks."""
    known = blocks_on(timezone.localdate())
    mine = actor.authorities_where(Permission.READ_PLACES)
    return {number: block for number, block in known.items() if block.authority in mine}


def reached(request: PortalRequest, number: int, **looked_at: Any) -> BlockOnDay:
    """A block of the actor's authorities, recorded in the journal as seen; Http404 otherwise."""
    found = blocks_on(timezone.localdate(), numbers=[number]).get(number)
    if found is None or not request.actor.holds(Permission.READ_PLACES, at=authority(found.authority)):
        raise Http404
    looked_at["authority"] = found.authority
    record("see-places", Block(pk=number), actor=request.actor, at=timezone.now(), **looked_at)
    return found


def trail(actor: Actor, here: BlockOnDay, road: int | None = None) -> dict[str, Any]:
    """The governorate, block and road of a page."""
    around = (item for item in governorates(actor).items() if here.authority in item[1].authorities)
    id, inside = next(around, ("", None))
    return {"governorate": id, "inside": inside, "in_block": here, "in_road": road}


def _changes(actor: Actor, shown: Iterable[RegisterChange]) -> list[ChangeShown]:
    """The changes in words; two queries for all."""
    shown = list(shown)
    others = {
        (each.instrument, each.entered): each
        for each in RegisterChange.objects.filter(instrument__in={each.instrument for each in shown})
    }
    readable = Instrument.objects.on_which(actor, Permission.READ_INSTRUMENTS)
    ours = readable.filter(intent__number__in={each.instrument for each in shown})
    pages = dict(ours.order_by("intent__version").values_list("intent__number", "pk"))
    return [
        ChangeShown(
            change=each,
            instrument=pages.get(each.instrument),
            other=others.get((each.instrument, not each.entered)),
        )
        for each in shown
    ]


def _works(actor: Actor, shown: Iterable[Occupation]) -> list[tuple[Occupation, Any]]:
    """The works, each with its application if the actor may read it; one query for all."""
    shown = list(shown)
    ours = participant.applications(actor).filter(reference__in={each.reference for each in shown})
    pages = dict(ours.values_list("reference", "pk"))
    return [(each, pages.get(each.reference)) for each in shown]


@requires(Permission.READ_PLACES)
@require_GET
def show_parcels(request: PortalRequest, block: int) -> HttpResponse:
    """The parcels of a block today, by page."""
    here = reached(request, block)
    found = parcels_on(timezone.localdate()).filter(block=block).order_by("number").defer("geometry")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {**trail(request.actor, here), "page": page}
    return render(request, "desk/parcels.html", context)


@requires(Permission.READ_PLACES)
@require_GET
def show_parcel(request: PortalRequest, block: int, pk: int) -> HttpResponse:
    """A parcel: its area, its corners, and every list that mentions it, the newest first."""
    here = reached(request, block)
    parcel = ParcelEntry.objects.select_related("list").get(pk=pk, block=block)
    said = ParcelEntry.objects.filter(number=parcel.number).select_related("list").defer("geometry")
    context = {
        **trail(request.actor, here),
        "parcel": parcel,
        "said": said.order_by("-list__effective_from", "-list__number"),
        "today": parcels_on(timezone.localdate()).filter(number=parcel.number).first(),
    }
    return render(request, "desk/parcel.html", context)


def found_place(written: str, blocks: Container[int], *, on: date) -> str | None:
    """The address of the place's page, as far as it was written; None if no such block or parcel is in reach."""
    parts = spoken_parts(written)
    alone = latin_digits(written).strip()
    block = parts.get("block", alone if alone.isascii() and alone.isdigit() else "")
    if block.isdigit() and int(block) in blocks:
        return _in_block(int(block), parts)
    return None if parts else _parcel(written, blocks, on)


def _in_block(block: int, parts: dict[str, str]) -> str:
    road, building = parts.get("road", ""), parts.get("building", "")
    if not road.isdigit():
        return reverse("desk:block", args=[block])
    if not building:
        return reverse("desk:road", args=[block, int(road)])
    return reverse("desk:building", args=[block, int(road), building])


def _parcel(written: str, blocks: Container[int], on: date) -> str | None:
    try:
        parcel = parcel_on(parcel_number(written), on=on)
    except ParcelError:
        return None
    if parcel.block_id not in blocks:
        return None
    return reverse("desk:parcel", args=[parcel.block_id, parcel.pk])
