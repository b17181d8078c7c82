"""The pages of an agency: what it was asked, what it needs to know, and its opinion."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.applications.submitted import submitted
from rukhsa.audit.journal import record
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.review.errors import ReviewError
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Referral, answer, given, step_of
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case_facts
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.case import fields_of, typed_for

MOST_OPEN = 100
MOST_ANSWERED = 20


@requires(Permission.ANSWER_REFERRAL)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """What waits for the agency's opinion, the most urgent first, and its last opinions."""
    at = timezone.now()
    agencies = request.actor.agencies_where(Permission.ANSWER_REFERRAL)
    asked = Referral.objects.on_which(request.actor, Permission.ANSWER_REFERRAL).select_related(
        "application", "agency"
    )
    asked = asked.defer("application__typed", "application__answers")
    # The keys first, so that the page costs what it shows; the row of a closed application may still exist.
    urgent = WaitingReferral.objects.filter(agency__in=agencies).order_by("due_at", "referral")
    wanted = asked.filter(pk__in=urgent.values("pk")[: MOST_OPEN + 1], application__stage__in=OPEN_STAGES)
    waiting = list(wanted.order_by("waiting__due_at", "waiting"))
    newest = asked.exclude(opinion=None).select_related("opinion__officer").order_by("-opinion__at")
    answered = list(newest[:MOST_ANSWERED])
    record("see-referrals", request.actor.person, actor=request.actor, at=at)
    names = ServiceVersion.objects.names(
        {each.application.service_version_id for each in [*waiting, *answered]}
    )
    context = {
        "waiting": [(each, names[each.application.service_version_id]) for each in waiting[:MOST_OPEN]],
        "answered": [(each, names[each.application.service_version_id]) for each in answered],
        "has_more": len(waiting) > MOST_OPEN,
        "at": at,
    }
    return render(request, "desk/referrals.html", context)


@requires(Permission.ANSWER_REFERRAL)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A referral with what is needed to answer it; posting gives the opinion."""
    referral = _reached(request, pk)
    if request.method == "POST":
        return _answer(request, referral)
    record("see-referral", referral, actor=request.actor, at=timezone.now())
    return _page(request, referral)


def _reached(request: PortalRequest, pk: UUID) -> Referral:
    needed = ("application__service_version", "application__applicant", "application__company", "agency")
    return (
        Referral.objects.on_which(request.actor, Permission.ANSWER_REFERRAL)
        .select_related(*needed)
        .get(pk=pk)
    )


def _answer(request: PortalRequest, referral: Referral) -> HttpResponse:
    said, text = request.POST.get("answer", ""), request.POST.get("text", "")
    step = step_of(referral.application, referral)
    records = typed_for(request.POST, step)
    try:
        answer(referral, said, text, records, actor=request.actor, at=timezone.now())
    except ReviewError as error:
        typed = {"answer": said, "text": text}
        fields = fields_of(step, records, error)
        again = _reached(request, referral.pk)
        return _page(request, again, status=UNPROCESSABLE, error=error.text, typed=typed, fields=fields)
    messages.success(request, _("Your answer was sent to the authority."))
    return redirect("desk:referrals")


def _page(request: PortalRequest, referral: Referral, *, status: int = 200, **typed: Any) -> HttpResponse:
    held = submitted(referral.application)
    application = held.application
    sections = [
        case_facts.SectionShown(
            title=section.title,
            answers=[shown for shown in section.answers if not shown.question.is_private],
        )
        for section in case_facts.sections(held)
    ]
    context = {
        "referral": referral,
        "application": application,
        "definition": application.definition,
        "sections": [section for section in sections if section.answers],
        "documents": case_facts.documents(held, at=timezone.now()),
        "opinion": given(referral),
        "is_wanted": Referral.objects.open().filter(pk=referral.pk).exists(),
        "is_late": timezone.now() >= referral.due_at,
        "fields": fields_of(step_of(application, referral)),
        **typed,
    }
    return render(request, "desk/referral.html", context, status=status)
