"""A person's applications: those that wait for the person first, then the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, ApplicationQuerySet
from rukhsa.applications.stages import Stage, Turn
from rukhsa.authorities.actor import Actor
from rukhsa.correspondence.conversation import Side, unread_counts
from rukhsa.payments.models import Charge
from rukhsa.standing import Standing, standings
from rukhsa.web.access import PortalRequest, requires

A_PAGE = 20
MOST_WAITING = 5


@dataclass(frozen=True, kw_only=True)
class Row:
    """An application in a list, and where it stands."""

    application: Application
    standing: Standing
    unread: int = 0  # messages of the authority that were not seen


@requires(Permission.APPLY)
@never_cache
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """All applications of the actor, the most recently changed first."""
    page = Paginator(_of(request.actor), A_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    rows = _rows([*listed, *(_to_look_at(request.actor) if page.number == 1 else [])])
    context = {"page": page, "rows": rows[: len(listed)], "waiting": _waiting(rows[len(listed) :])}
    return render(request, "portal/mine.html", context)


def waiting_for(actor: Actor) -> list[Row]:
    """The applications that wait for the actor: to correct, to pay, or to finish."""
    return _waiting(_rows(_to_look_at(actor)))


def _to_look_at(actor: Actor) -> list[Application]:
    returned = _of(actor).filter(stage=Stage.RETURNED)[:MOST_WAITING]
    to_pay = _of(actor).filter(pk__in=Charge.objects.owed().values("application"))[:MOST_WAITING]
    drafts = _of(actor).filter(stage=Stage.DRAFT)[:MOST_WAITING]
    return [*returned, *to_pay, *drafts]


def _waiting(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.standing.turn == Turn.APPLICANT][:MOST_WAITING]


def _rows(applications: Iterable[Application]) -> list[Row]:
    applications = list(applications)
    where = standings(applications, at=timezone.now())
    unread = unread_counts(where, Side.APPLICANT)
    return [
        Row(application=one, standing=where[one.pk], unread=unread.get(one.pk, 0)) for one in applications
    ]


def _of(actor: Actor) -> ApplicationQuerySet:
    visible = Application.objects.of_applicant(actor).select_related(
        "service_version", "process_version", "company"
    )
    return visible.exclude(stage=Stage.WITHDRAWN, reference=None).order_by("-saved_at")
