"""One application: where it stands, whose turn it is, what can be done, and its history."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa import applying
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.applications.application import is_expired
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.applications.status_code import give_code
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.territory import territory
from rukhsa.correspondence.conversation import Side, unread_counts
from rukhsa.issuance.models import Instrument
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.bill import bill_of
from rukhsa.payments.models import Charge
from rukhsa.places.block import blocks_asked_once
from rukhsa.review import condition
from rukhsa.review.appointment import visits_of
from rukhsa.review.decision import Decision, standing_decision
from rukhsa.review.reconsideration import Contest, contests
from rukhsa.standing import standing
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.again import may_apply_again
from rukhsa.web.portal.attachments import files_by_document
from rukhsa.web.portal.draft import show_draft
from rukhsa.web.portal.pages import application_of, open_findings
from rukhsa.web.portal.rating import last_step
from rukhsa.web.portal.service import current, may_apply
from rukhsa.web.portal.submission import sections_shown
from rukhsa.web.printout import sent_as_pdf
from rukhsa.web.reckoning import LineShown, lines_of
from rukhsa.web.shown import recorded_shown
from rukhsa.web.timeline import timeline_of


@requires(Permission.APPLY)
@never_cache
@require_GET
@blocks_asked_once()
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Show a draft's open tasks, or the standing and history of a submitted application."""
    application = application_of(request, pk)
    if application.stage == Stage.DRAFT:
        return show_draft(request, application)
    now = timezone.now()
    decision = standing_decision(application)
    instrument = Instrument.objects.filter(intent__application=application).select_related("intent").first()
    context = {
        "application": application,
        "definition": application.definition,
        "standing": standing(application, at=now),
        "authority": _asked_about(application, now),
        "events": timeline_of(application),
        "findings": open_findings(application),
        "to_pay": Charge.objects.to_pay(application),
        "visits": visits_of(application, at=now),
        "bill": bill_of(application, at=now),
        "may_apply_again": may_apply_again(request.actor, application),
        "waived": waived_of(application),
        "has_money": Charge.objects.filter(application=application, amount__gt=0).exists(),
        "instrument": instrument,
        "conditions": conditions_of(application, decision, instrument),
        "decision": decision,
        "contests": contests_of(decision, actor=request.actor, at=now),
        "sections": sections_shown(application),
        "recorded": recorded_shown(application),
        "files": files_by_document(application),
        "unread": unread_counts([pk], Side.APPLICANT).get(pk, 0),
        "status_code": give_code(application) if application.reference else None,
        "just_submitted": "submitted" in request.GET,
        "rated_after": last_step(application, decision),
        "may_withdraw": applying.may_withdraw(application),
    }
    return render(request, "portal/application.html", context)


@requires(Permission.APPLY)
@require_GET
def download_whole(request: PortalRequest, pk: UUID) -> FileResponse:
    """The whole application as a PDF, in the language of the page."""
    return sent_as_pdf(application_of(request, pk), at=timezone.now())


def _asked_about(application: Application, now: datetime) -> Text | None:
    """The authority that answers questions about it; None before it is submitted."""
    code = application.authority_id
    return territory().authority(code).name(on=timezone.localdate(now)) if code else None


def conditions_of(
    application: Application, decision: Decision | None, instrument: Instrument | None
) -> list[Text]:
    """The conditions of the document once it is issued, and before that those that agencies set."""
    if instrument:
        return [Text(**each) for each in instrument.intent.printed.get("conditions", ())]
    if decision is None or decision.outcome != Decision.Outcome.GRANTED:
        return []
    return list(condition.applied_to([application]).get(application.pk, ()))


def waived_of(application: Application) -> list[LineShown]:
    """The charge lines that a rule of the tariff waived, with the reason."""
    charges = application.charges.settled().prefetch_related("lines")
    return [line for charge in charges for line in lines_of(charge) if line.waived_by_rule]


def contests_of(decision: Decision | None, *, actor: Actor, at: datetime) -> list[Contest]:
    """The services by which the actor can contest a refusal."""
    return [each for each in contests(decision, at=at) if may_apply(actor, each.definition)]


@requires(Permission.APPLY)
@require_POST
def contest(request: PortalRequest, pk: UUID, service: str) -> HttpResponse:
    """Begin to contest a refusal with its number filled in, or go on with what was begun."""
    application, at = application_of(request, pk), timezone.now()
    decision = standing_decision(application)
    offer = next(
        (
            each
            for each in contests_of(decision, actor=request.actor, at=at)
            if each.definition.service == service
        ),
        None,
    )
    if offer is None:
        return redirect("portal:application", pk)
    known = {offer.question: application.reference}
    drafts = Application.objects.of_applicant(request.actor).filter(stage=Stage.DRAFT)
    same = {"service_version__service": service, f"answers__{offer.question}": application.reference}
    begun = drafts.filter(**same).order_by("-saved_at").first()
    if begun is None or is_expired(begun, at=at):
        language = get_language() or "ar"
        begun = draft.start(current(service), known, actor=request.actor, language=language, at=at)
    return redirect("portal:section", begun.pk, begun.definition.sections[0].id)


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET explains what withdrawing means; POST withdraws, and a second POST changes nothing."""
    application = application_of(request, pk)
    if request.method == "GET":
        if not applying.may_withdraw(application):
            return redirect("portal:application", pk)
        return _confirm(request, application)
    try:
        application = applying.withdraw(application, actor=request.actor, at=timezone.now())
    except OutcomeUnknown:
        return _confirm(request, application, status=409)
    return redirect("portal:application", pk)


def _confirm(request: PortalRequest, application: Application, *, status: int = 200) -> HttpResponse:
    context = {
        "application": application,
        "is_granted": application.stage == Stage.GRANTED,
        "under_way": status != HTTPStatus.OK,
    }
    return render(request, "portal/withdraw.html", context, status=status)
