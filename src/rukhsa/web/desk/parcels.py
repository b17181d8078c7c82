"""The parcels of a block, and what the lists said of each."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.places.models import ParcelEntry
from rukhsa.places.parcel import parcels_on
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.places import A_PAGE, reached, trail


@requires(Permission.READ_PLACES)
@require_GET
def show_all(request: PortalRequest, block: int) -> HttpResponse:
    """The parcels that a block has today, page by page."""
    here = reached(request, block)
    found = parcels_on(timezone.localdate()).filter(block=block).order_by("number").defer("geometry")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {**trail(request.actor, here), "page": page}
    return render(request, "desk/parcels.html", context)


@requires(Permission.READ_PLACES)
@require_GET
def show(request: PortalRequest, block: int, pk: int) -> HttpResponse:
    """One parcel: its area, its corners, and every list that said something of it, the newest first."""
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
