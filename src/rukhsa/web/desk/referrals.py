"""The pages of an agency: what it was asked, what it needs to know, and its opinion."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.interest import OwnInterest
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.applications.submitted import submitted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import NotPermitted
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.personal.purpose import require_purpose
from rukhsa.review.agency_figures import figures_of
from rukhsa.review.condition import StandardCondition
from rukhsa.review.errors import ReviewError
from rukhsa.review.more_time import ask_for_more, last_day_for
from rukhsa.review.opinion_draft import draft_of, save_draft
from rukhsa.review.opinion_file import OpinionFile, see
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Referral, answer, give_back, given, step_of, take
from rukhsa.web.access import PortalRequest, requires, signed_in
from rukhsa.web.desk import case_facts
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.case import fields_of, typed_for
from rukhsa.web.desk.files import LOCKED, answer_stored
from rukhsa.web.desk.opinion_form import OpinionForm, from_draft, read_opinion
from rukhsa.web.enclosing import ACCEPT
from rukhsa.web.sentences import sentence_for

MOST_OPEN = 100
MOST_ANSWERED = 20
_READERS = (Permission.READ_QUEUE, Permission.ANSWER_REFERRAL, Permission.VOTE)


@requires(Permission.ANSWER_REFERRAL)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """What waits for the agency's opinion, the most urgent first, and its last opinions."""
    at = timezone.now()
    agencies = request.actor.agencies_where(Permission.ANSWER_REFERRAL)
    asked = Referral.objects.on_which(request.actor, Permission.ANSWER_REFERRAL).select_related(
        "application", "agency", "more_time"
    )
    asked = asked.defer("application__typed", "application__answers")
    # The keys first, so that the page costs what it shows; the row of a closed application may still exist.
    urgent = WaitingReferral.objects.filter(agency__in=agencies).order_by("due_at", "referral")
    wanted = asked.filter(pk__in=urgent.values("pk")[: MOST_OPEN + 1], application__stage__in=OPEN_STAGES)
    waiting = list(wanted.select_related("waiting__taken_by").order_by("waiting__due_at", "waiting"))
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
        "figures": figures_of(agencies, at=at),
        "at": at,
    }
    return render(request, "desk/referrals.html", context)


@requires(Permission.ANSWER_REFERRAL)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A referral with what is needed to answer it; posting gives the opinion, keeps a draft, or adds a condition."""
    referral = _reached(request, pk)
    if request.method == "POST":
        return _answer(request, referral)
    record("see-referral", referral, actor=request.actor, at=timezone.now())
    return _page(request, referral)


@requires(Permission.ANSWER_REFERRAL)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take the question, give it back, or take more time for it."""
    referral, at = _reached(request, pk), timezone.now()
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        match verb:
            case "take":
                take(referral, instead_of=request.POST.get("instead_of", ""), actor=request.actor, at=at)
                done = _("You have taken this question. Your colleagues see that.")
            case "give-back":
                give_back(referral, actor=request.actor, at=at)
                done = _("You gave the question back.")
            case "more-time":
                until = _day(request.POST.get("until", ""))
                ask_for_more(referral, until, reason, actor=request.actor, at=at)
                done = _("Your agency has more time. We told the authority.")
            case _:
                raise Http404
    except (ReviewError, OwnInterest) as error:
        again, said = _reached(request, pk), sentence_for(error)
        return _page(request, again, status=UNPROCESSABLE, error=said, reason_typed=reason, opened=verb)
    except WaitingReferral.DoesNotExist:
        return redirect("desk:referral", pk)  # it was closed meanwhile, as its page says
    messages.success(request, done)
    return redirect("desk:referral", pk)


@signed_in
@require_GET
@csp_override(LOCKED)
def open_file(request: PortalRequest, pk: UUID) -> FileResponse:
    """The safe copy of a file that an agency sent with its opinion."""
    if not any(map(request.actor.holds_somewhere, _READERS)):
        raise NotPermitted
    seen = OpinionFile.objects.seen_by(request.actor).distinct()
    found = seen.select_related("opinion__referral__application__queue_entry").get(pk=pk)
    require_purpose(found.opinion.referral.application, request.actor, at=timezone.now())
    file = see(found, actor=request.actor, at=timezone.now())
    return answer_stored(file.shown_digest, file.shown_media_type)


def _reached(request: PortalRequest, pk: UUID) -> Referral:
    needed = ("application__service_version", "application__applicant", "application__company", "agency")
    return (
        Referral.objects.on_which(request.actor, Permission.ANSWER_REFERRAL)
        .select_related(*needed, "more_time__officer", "waiting__taken_by")
        .with_documents()
        .get(pk=pk)
    )


def _answer(request: PortalRequest, referral: Referral) -> HttpResponse:
    at, step = timezone.now(), step_of(referral.application, referral)
    form = read_opinion(request, typed_for(request.POST, step))
    if form.problem:
        return _again(request, referral, form, form.problem)
    if "more" in request.POST:
        return _page(request, referral, form=form)
    try:
        if "draft" in request.POST:
            save_draft(referral, form.typed(), form.taken, actor=request.actor, at=at)
            messages.success(request, _("The draft is kept. Your agency alone sees it."))
            return redirect("desk:referral", referral.pk)
        said = (form.answer, form.text, form.records)
        answer(referral, *said, conditions=form.conditions, files=form.taken, actor=request.actor, at=at)
    except ReviewError as error:
        return _again(request, referral, form, error.text, error)
    messages.success(request, _("Your answer was sent to the authority."))
    return redirect("desk:referrals")


def _again(
    request: PortalRequest,
    referral: Referral,
    form: OpinionForm,
    problem: Promise | str,
    error: ReviewError | None = None,
) -> HttpResponse:
    fields = fields_of(step_of(referral.application, referral), form.records, error)
    reached = _reached(request, referral.pk)
    return _page(request, reached, status=UNPROCESSABLE, error=problem, form=form, fields=fields)


def _page(request: PortalRequest, referral: Referral, *, status: int = 200, **typed: Any) -> HttpResponse:
    at = timezone.now()
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
        "documents": [
            shown
            for shown in case_facts.documents(held, at=at)
            if referral.shown_documents is None or shown.document.id in referral.shown_documents
        ],
        "opinion": given(referral),
        "is_late": at >= referral.term,
        **_answering(referral, at, **typed),
        **typed,
    }
    return render(request, "desk/referral.html", context, status=status)


def _answering(
    referral: Referral, at: datetime, *, form: OpinionForm | None = None, **_typed: Any
) -> dict[str, Any]:
    """What the form of an open question needs; nothing for one that is closed."""
    if not Referral.objects.open().filter(pk=referral.pk).exists():
        return {}
    draft = None if form else draft_of(referral)
    shown = form or (from_draft(draft) if draft else OpinionForm())
    waiting = getattr(referral, "waiting", None)
    return {
        "is_wanted": True,
        "form": shown,
        "draft": draft,
        "fields": fields_of(step_of(referral.application, referral), shown.records),
        "standard": StandardCondition.objects.filter(agency=referral.agency_id, ended_at=None),
        "taken_by": waiting.taken_by if waiting else None,
        "last_day": last_day_for(referral, at=at),
        "accept": ACCEPT,
    }


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
