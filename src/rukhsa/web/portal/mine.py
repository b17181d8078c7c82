"""A person's applications: what waits for them first, then the rest."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, ApplicationQuerySet
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.payments.models import Charge
from rukhsa.payments.settle import PAYABLE
from rukhsa.web.access import PortalRequest, requires

A_PAGE = 20
MOST_WAITING = 5


@requires(Permission.APPLY)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """All applications of the actor, the last touched first."""
    everything = _of(request.actor)
    page = Paginator(everything, A_PAGE).get_page(request.GET.get("page"))
    waiting = waiting_for(request.actor) if page.number == 1 else []
    return render(request, "portal/mine.html", {"page": page, "waiting": waiting})


def waiting_for(actor: Actor) -> list[Application]:
    """The applications in which the actor has something to do: to finish, to put right, or to pay."""
    unpaid = Charge.objects.filter(receipt=None, amount__gt=0).values("application")
    to_pay = _of(actor).filter(pk__in=unpaid, stage__in=PAYABLE)
    to_do = _of(actor).filter(stage__in=[Stage.RETURNED, Stage.DRAFT])
    return sorted((*to_do[:MOST_WAITING], *to_pay[:MOST_WAITING]), key=_urgency)[:MOST_WAITING]


def _urgency(application: Application) -> int:
    order = [Stage.RETURNED, Stage.GRANTED, Stage.SUBMITTED, Stage.DRAFT]
    return order.index(Stage(application.stage))


def _of(actor: Actor) -> ApplicationQuerySet:
    visible = Application.objects.visible_to(actor).select_related("service_version", "company")
    return visible.exclude(stage=Stage.WITHDRAWN, reference=None).order_by("-saved_at")
