"""What an officer adds to a review beyond its definition: a question to an agency, or a visit; and taking it back."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.review import added_step
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import carry_out

_FIELDS = ("kind", "agency", "asked", "days", "reason")


@requires(Permission.REFER)
@require_POST
def add(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask an agency, or order a visit, in the language of the page."""
    typed = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in _FIELDS}
    chosen = request.POST.getlist("document")
    is_visit = typed["kind"] == "visit"

    def in_words(text: str) -> Text:
        return Text(ar=text) if request.LANGUAGE_CODE == "ar" else Text(en=text)

    def act(application: Application, at: datetime) -> None:
        days = int(typed["days"]) if typed["days"].isascii() and typed["days"].isdigit() else None
        reason = typed["reason"]
        if is_visit:
            points = [in_words(line.strip()) for line in typed["asked"].splitlines() if line.strip()]
            added_step.order_visit(application, points, days=days, reason=reason, actor=request.actor, at=at)
            return
        added_step.ask_agency(
            application,
            typed["agency"],
            in_words(typed["asked"]),
            chosen,
            days=days,
            reason=reason,
            actor=request.actor,
            at=at,
        )

    done = _("The visit was ordered.") if is_visit else _("The agency was asked.")
    shown = typed | {"documents": chosen}
    return carry_out(request, pk, Permission.REFER, act, done=done, added_typed=shown, opened="add-step")


@requires(Permission.REFER)
@require_POST
def take_back(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Take back a step that an officer added and that is not done."""
    reason = request.POST.get("reason", "").replace("\x00", "")

    def act(application: Application, at: datetime) -> None:
        added_step.take_back(application, step, reason, actor=request.actor, at=at)

    done = _("Withdrawn.")
    return carry_out(request, pk, Permission.REFER, act, done=done, taken_back=step, taken_back_typed=reason)
