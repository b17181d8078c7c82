"""The pages of a committee's member: the applications that wait for a decision, and voting on one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import State
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.applications.submitted import submitted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import committee
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.review import participant
from rukhsa.review.agenda import agendas_of
from rukhsa.review.errors import ReviewError
from rukhsa.review.sitting import NotPresent, Sitting, Vote, vote
from rukhsa.review.sitting_minutes import SittingMinutes
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case, case_facts
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.history import inspections_of, referrals_of

MOST_SHOWN = 100


@requires(Permission.VOTE)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """What waits for the member's committees, the most urgent first; the cost grows with what is shown."""
    at = timezone.now()
    waiting = participant.matters(request.actor).exclude(waiting_matter=None).filter(stage__in=OPEN_STAGES)
    waiting = waiting.select_related("waiting_matter").defer("typed", "answers")
    found = list(waiting.order_by("waiting_matter__due_at", "pk")[: MOST_SHOWN + 1])
    names = ServiceVersion.objects.names({each.service_version_id for each in found})
    known = territory().committees
    voted = set(Vote.objects.filter(member=request.actor.person).values_list("application", flat=True))
    record("see-matters", request.actor.person, actor=request.actor, at=at)
    lines = [
        (each, names[each.service_version_id], known[each.waiting_matter.committee].name, each.pk in voted)
        for each in found[:MOST_SHOWN]
    ]
    context = {"lines": lines, "has_more": len(found) > MOST_SHOWN, "at": at}
    waits = SittingMinutes.objects.filter(chair=request.actor.person, state=State.PROPOSED)
    context["to_sign"] = waits.select_related("sitting")
    context["called"] = agendas_of(request.actor).open()
    return render(request, "desk/matters.html", context)


@requires(Permission.VOTE)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """An application as the committee needs it; posting votes."""
    needed = ("service_version", "applicant", "company", "authority")
    application = participant.matters(request.actor).select_related(*needed).get(pk=pk)
    if request.method == "POST":
        return _vote(request, application)
    record("see-matter", application, actor=request.actor, at=timezone.now())
    return _page(request, application)


def _vote(request: PortalRequest, application: Application) -> HttpResponse:
    typed = {"choice": request.POST.get("choice", ""), "reason": request.POST.get("reason", "")}
    typed["reason"] = typed["reason"].replace("\x00", "")
    try:
        sitting = _sitting(request.actor, application)
        if sitting is None:
            raise NotPresent
        vote(sitting, application, **typed, actor=request.actor, at=timezone.now())
    except ReviewError as error:
        return _page(request, application, status=UNPROCESSABLE, error=error.text, typed=typed)
    messages.success(request, _("Your vote is recorded."))
    return redirect("desk:matters")


def _page(
    request: PortalRequest, application: Application, *, status: int = 200, **typed: Any
) -> HttpResponse:
    held = submitted(application)
    application = held.application
    sitting = _sitting(request.actor, application)
    votes = Vote.objects.filter(application=application, member=request.actor.person)
    context = {
        "application": application,
        "definition": application.definition,
        "sections": case_facts.sections(held),
        "documents": case_facts.documents(held, at=timezone.now()),
        **case.found(application, referrals_of(application), inspections_of(application)),
        "sitting": sitting,
        "vote": votes.filter(sitting=sitting).first() if sitting else votes.last(),
        "is_waiting": hasattr(application, "waiting_matter"),
        "choices": CHOICES,
        **typed,
    }
    return render(request, "desk/matter.html", context, status=status)


def _sitting(actor: Actor, application: Application) -> Sitting | None:
    """The newest sitting at which the member is present and this application can be decided."""
    matter = getattr(application, "waiting_matter", None)
    if matter is None:
        return None
    if not actor.holds(Permission.VOTE, at=committee(matter.authority_id, matter.committee)):
        return None
    return Sitting.objects.attended(actor.person, authority=matter.authority_id, committee=matter.committee)


CHOICES = (
    (Vote.Choice.GRANT, gettext_lazy("Approve application")),
    (Vote.Choice.REFUSE, gettext_lazy("Refuse")),
    (Vote.Choice.ABSTAIN, gettext_lazy("Abstain")),
    (Vote.Choice.STEP_OUT, gettext_lazy("I have an interest in this application and step out")),
)
