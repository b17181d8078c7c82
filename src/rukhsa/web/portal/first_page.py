"""The first page: what do you want to do? Signed in, it begins with what waits for this person."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.web.access import public
from rukhsa.web.portal.mine import waiting_for
from rukhsa.web.portal.search import find

KINDS: dict[str, Promise] = {
    "licence": _("Licences"),
    "permit": _("Permits"),
    "certificate": _("Certificates"),
    "request": _("Requests"),
}


@dataclass(frozen=True, kw_only=True)
class Group:
    """The services of one kind under their heading."""

    title: Promise
    definitions: list[Definition]


@public
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """All services, or those that fit the words asked for."""
    asked = request.GET.get("q", "").strip()[:100]
    definitions = offered()
    found = find(definitions, asked) if asked else definitions
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "asked": asked,
        "groups": grouped(found),
        "waiting": waiting_for(actor) if actor and not actor.is_staff else [],
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "portal/services.html" if partial else "portal/first_page.html", context)


def offered() -> list[Definition]:
    """The services that may be applied for now."""
    return [
        version.definition for version in ServiceVersion.objects.current().defer("meaning", "source_text")
    ]


def grouped(definitions: list[Definition]) -> list[Group]:
    """The services by kind, in the order in which the kinds are known."""
    groups = (
        Group(title=title, definitions=[one for one in definitions if one.kind == kind])
        for kind, title in KINDS.items()
    )
    return [group for group in groups if group.definitions]
