"""Feedback of applicants and visitors: a rating after each step of an application, and what is wrong with a page."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from rukhsa.accounts.client import client_address
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act
from rukhsa.feedback.feedback import LONGEST, About, Feedback, NothingSaid, give
from rukhsa.payments.charge import Receipt
from rukhsa.review.decision import Decision
from rukhsa.review.inspection import InspectionReport
from rukhsa.verification import rate
from rukhsa.web.access import PortalRequest, public, requires
from rukhsa.web.portal.pages import application_of

RATINGS = (
    (5, _("Very easy")),
    (4, _("Easy")),
    (3, _("Neither easy nor hard")),
    (2, _("Hard")),
    (1, _("Very hard")),
)
THANKS = _("Thank you. What you wrote is kept without your name.")


class FeedbackForm(forms.Form):
    """A rating, or words, or both."""

    rating = forms.TypedChoiceField(choices=RATINGS, coerce=int, empty_value=None, required=False)
    text = forms.CharField(max_length=LONGEST, required=False)


@public
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """What is wrong with a page, from the link at the foot of each; only the name of the page is kept."""
    page = request.POST.get("page", request.GET.get("page", ""))[:300]
    form, problem = FeedbackForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        rate.count(client_address(request), "feedback", at=timezone.now())
        about = About(after=Feedback.After.PAGE, page=route_of(page))
        try:
            keep(about, form)
        except NothingSaid as error:
            problem = error.text
        else:
            messages.success(request, str(THANKS))
            return redirect(page if route_of(page) else "/")
    context = {"page": page, "problem": problem, "typed": request.POST.get("text", "")}
    return render(request, "portal/report_page.html", context, status=422 if problem else 200)


@requires(Permission.APPLY)
@require_POST
def rate_application(request: PortalRequest, pk: UUID, after: str) -> HttpResponse:
    """Rate the way until one of its steps, such as the submission; the application itself is not kept."""
    if after not in Feedback.After.values or after == Feedback.After.PAGE:
        raise Http404
    application = application_of(request, pk)
    form = FeedbackForm(request.POST)
    back = "portal:document" if after == Feedback.After.RECEIVED else "portal:application"
    rate.count(client_address(request), "feedback", at=timezone.now())
    if form.is_valid():
        about = About(
            after=Feedback.After(after),
            service=application.definition.service,
            authority=application.authority,
        )
        try:
            keep(about, form)
        except NothingSaid as error:
            messages.error(request, str(error.text))
        else:
            messages.success(request, str(THANKS))
    return redirect(back, pk)


def last_step(application: Application, decision: Decision | None) -> Feedback.After | None:
    """The last thing that the applicant went through before a document is received; None before a submission.

    `decision` is the one that stands.
    """
    if decision and decision.outcome == Decision.Outcome.REFUSED:
        return Feedback.After.REFUSED
    sent = application.steps.filter(act__in=[Act.SUBMIT, Act.RESUBMIT]).order_by("id").last()
    if sent is None:
        return None
    corrected = Feedback.After.CORRECTED if sent.act == Act.RESUBMIT else Feedback.After.SUBMITTED
    moments = {
        corrected: sent.at,
        Feedback.After.VISITED: _newest(InspectionReport.objects.filter(inspection__application=application)),
        Feedback.After.PAID: _newest(Receipt.objects.filter(charge__application=application)),
    }
    return max((at, after) for after, at in moments.items() if at)[1]


def _newest(rows: QuerySet[Any]) -> datetime | None:
    newest: datetime | None = rows.aggregate(at=Max("at"))["at"]
    return newest


def keep(about: About, form: FeedbackForm) -> None:
    """Keep what was said in a form."""
    said = form.cleaned_data
    language = get_language() or "ar"
    give(about, rating=said["rating"], text=said["text"], language=language, at=timezone.now())


def route_of(address: str) -> str:
    """The name of the route of an address of this site; an address itself may name an application."""
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return ""
