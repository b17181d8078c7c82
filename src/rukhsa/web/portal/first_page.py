"""The first page: the services by group or by search, and what waits for the person: above, or below what was found."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.service_search import find
from rukhsa.catalogue.territory import territory
from rukhsa.values.names import Text
from rukhsa.web.access import public
from rukhsa.web.edge import is_partial
from rukhsa.web.portal.applications import overview

MOST_WAITING = 2  # so that the search stands on the first screen of a phone


@dataclass(frozen=True, kw_only=True)
class Group:
    """Services under the name that the territory gives their group; None for services without one."""

    title: Text | None
    definitions: list[Definition]


@public
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """All services, or those that match the search."""
    asked = "".join(filter(str.isprintable, request.GET.get("q", ""))).strip()[:100]
    definitions = offered()
    groups = _fitting(definitions, asked) if asked else grouped(definitions)
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "asked": asked,
        "groups": groups,
        "found": sum(len(group.definitions) for group in groups),
        "authorities": [one.name(on=timezone.localdate()) for one in territory().authorities],
    }
    if is_partial(request):
        return render(request, "portal/services.html", context)
    context["own"] = overview(actor, most=MOST_WAITING) if actor and not actor.is_staff else None
    return render(request, "portal/first_page.html", context)


def offered() -> list[Definition]:
    """The services that can be applied for now."""
    return [
        version.definition for version in ServiceVersion.objects.offered().defer("meaning", "source_text")
    ]


def _fitting(definitions: list[Definition], asked: str) -> list[Group]:
    """The services that match the search, the best first; groups would hide the order."""
    found = find(definitions, asked)
    return [Group(title=None, definitions=found)] if found else []


def grouped(definitions: list[Definition]) -> list[Group]:
    """The services by group, in the territory's order; those without a group last."""
    titles = territory().groups or {}
    groups = [
        Group(title=title, definitions=[one for one in definitions if one.group == group])
        for group, title in titles.items()
    ]
    others = Group(title=None, definitions=[one for one in definitions if one.group not in titles])
    return [group for group in (*groups, others) if group.definitions]
