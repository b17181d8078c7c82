"""One application at a glance: where it stands, whose turn it is, what to do, and its life in sentences."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import DRAFT_LASTS, is_expired
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue.territory import territory
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import Charge
from rukhsa.payments.settle import PAYABLE
from rukhsa.places.block import blocks_asked_once
from rukhsa.review.decision import standing_decision
from rukhsa.standing import standing
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal import anew
from rukhsa.web.portal.contest import contests_of
from rukhsa.web.portal.findings import open_findings
from rukhsa.web.portal.reach import application_of
from rukhsa.web.portal.review import sections_shown
from rukhsa.web.portal.tasks import tasks_of
from rukhsa.web.portal.timeline import timeline_of
from rukhsa.web.reckoning import LineShown, lines_of
from rukhsa.web.shown import recorded_shown

OPEN = frozenset({Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED})


@requires(Permission.APPLY)
@never_cache
@require_GET
@blocks_asked_once()
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A draft shows what is left to do; anything later shows its life."""
    application = application_of(request, pk)
    if application.stage == Stage.DRAFT:
        return _draft(request, application)
    now, to_pay = timezone.now(), charge_to_pay(application)
    decision = standing_decision(application)
    context = {
        "application": application,
        "definition": application.definition,
        "standing": standing(application, at=now),
        "authority": _asked_about(application, now),
        "events": timeline_of(application),
        "findings": open_findings(application),
        "to_pay": to_pay,
        "waived": waived_of(application),
        "has_money": Charge.objects.filter(application=application, amount__gt=0).exists(),
        "instrument": Instrument.objects.filter(intent__application=application).first(),
        "decision": decision,
        "contests": contests_of(decision, actor=request.actor, at=now),
        "sections": sections_shown(application),
        "recorded": recorded_shown(application),
        "just_submitted": "submitted" in request.GET,
        "may_withdraw": may_withdraw(application, to_pay),
    }
    return render(request, "portal/application.html", context)


def may_withdraw(application: Application, to_pay: Charge | None) -> bool:
    """Whether it can be taken back: until it is decided, and after its grant while it is unpaid."""
    return application.stage in OPEN or (to_pay is not None and application.stage == Stage.GRANTED)


def _asked_about(application: Application, now: datetime) -> Text | None:
    """Whom to ask about it; nobody while it was never submitted."""
    code = application.authority_id
    return territory().authority(code).name(on=timezone.localdate(now)) if code else None


def waived_of(application: Application) -> list[LineShown]:
    """What a rule waived of what would have been charged, with its reason."""
    charges = application.charges.settled().prefetch_related("lines")
    return [line for charge in charges for line in lines_of(charge) if line.waived_by_rule]


def charge_to_pay(application: Application) -> Charge | None:
    """The charge that the applicant has still to pay, if any."""
    if application.stage not in PAYABLE:
        return None
    in_order = (Charge.Due.AT_SUBMISSION, Charge.Due.AFTER_INSPECTION, Charge.Due.AFTER_DECISION)
    newest = (Charge.objects.newest(application, due) for due in in_order)
    return next((charge for charge in newest if charge and charge.amount and not charge.is_settled), None)


def _draft(request: PortalRequest, application: Application) -> HttpResponse:
    now = timezone.now()
    if is_expired(application, at=now):
        return anew.page(request, application)
    tasks = tasks_of(application, at=now)
    context = {
        "application": application,
        "definition": application.definition,
        "tasks": tasks,
        "next": next(task for task in tasks if not task.done),
        "keeps_until": application.saved_at + DRAFT_LASTS,
        "taken_over": anew.taken_over(request, application, at=now),
    }
    return render(request, "portal/draft.html", context)
