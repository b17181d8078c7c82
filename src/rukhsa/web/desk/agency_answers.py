"""What an officer does about an agency: chooses the files it sees, rules on a condition, puts the question again."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.review import asked_again, condition, shown_file
from rukhsa.review.condition import Condition
from rukhsa.review.referral import Referral
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import carry_out


@requires(Permission.DECIDE)
@require_POST
def rule_on_condition(request: PortalRequest, pk: UUID, number: int) -> HttpResponse:
    """Leave a condition of an agency out with a reason, or put it back."""
    reason = _reason(request)
    applies = "put-back" in request.POST

    def act(application: Application, at: datetime) -> None:
        found = Condition.objects.get(pk=number, opinion__referral__application=application)
        condition.rule(found, applies=applies, reason=reason, actor=request.actor, at=at)

    done = _("The condition was put back. We told the agency.") if applies else _LEFT_OUT
    return carry_out(request, pk, Permission.DECIDE, act, done=done, ruling_typed=reason, ruled=number)


_LEFT_OUT = _("The condition was left out. We told the agency.")


@requires(Permission.REFER)
@require_POST
def ask_again(request: PortalRequest, pk: UUID, referral_id: UUID) -> HttpResponse:
    """Put the question again to an agency that has answered."""
    reason = _reason(request)

    def act(application: Application, at: datetime) -> None:
        asked = Referral.objects.get(pk=referral_id, application=application)
        asked_again.ask_again(asked, reason, actor=request.actor, at=at)

    done = _("The agency was asked again.")
    return carry_out(request, pk, Permission.REFER, act, done=done, again_typed=reason, asked=referral_id)


@requires(Permission.REFER)
@require_POST
def choose_documents(request: PortalRequest, pk: UUID, referral_id: UUID) -> HttpResponse:
    """Let the agency see the files of the documents that are ticked, and no others."""

    def act(application: Application, at: datetime) -> None:
        asked = Referral.objects.get(pk=referral_id, application=application)
        shown_file.choose_documents(asked, request.POST.getlist("document"), actor=request.actor, at=at)

    done = _("The agency now sees these files and no others.")
    return carry_out(request, pk, Permission.REFER, act, done=done)


def _reason(request: PortalRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "")
