"""The search of the desk: an application by anything that a person holds."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.issuance.models import Intent
from rukhsa.review.search_term import search
from rukhsa.values.identifiers import typed_number
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.queue import A_PAGE, rows

PARTS_OF_A_NUMBER = 4  # what separates them in the number of a document


@requires(Permission.READ_QUEUE, Permission.CHECK)
@require_http_methods(["GET", "POST"])
@transaction.atomic
def find(request: PortalRequest) -> HttpResponse:
    """The search results; names are posted, so that none stands in an address. A reference may stand there."""
    at = timezone.now()
    wanted = _wanted(request)
    found = search(request.actor, wanted, most=A_PAGE + 1, named=_by_document(wanted))
    record("search", request.actor.person, actor=request.actor, at=at, found=len(found))
    if len(found) == 1 and found[0].reference == wanted:
        return redirect("desk:application", pk=found[0].pk)
    context = {"rows": rows(found[:A_PAGE], at=at), "wanted": wanted, "too_many": len(found) > A_PAGE}
    return render(request, "desk/found.html", context)


def _by_document(wanted: str) -> "QuerySet[Intent, Any] | None":
    """The applications of a document's number; None for what is none."""
    number = typed_number(wanted)
    if number.count("-") != PARTS_OF_A_NUMBER:
        return None
    return (
        Intent.objects.filter(number=number).exclude(application=None).values_list("application", flat=True)
    )


def _wanted(request: PortalRequest) -> str:
    if request.method == "POST":
        return request.POST.get("wanted", "")[:100]
    reference = request.GET.get("q", "")[:100]
    return reference if any(character.isdigit() for character in reference) else ""
