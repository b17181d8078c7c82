"""A draft that waited too long: says so, keeps what was typed into it, and begins anew with all of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.applications.models import Application, Attachment
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.fields import typed_in
from rukhsa.web.portal.offer import may_apply
from rukhsa.web.portal.reach import application_of
from rukhsa.web.portal.review import ProblemShown, problems_shown
from rukhsa.web.shown import AnswerShown, answer_shown

CAME_FROM = "from"
_OURS = frozenset({"csrfmiddlewaretoken", "on", "later", "fill"})


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """What became of an older draft's answers and files in a new one."""

    unasked: list[AnswerShown]
    files: list[Attachment]
    wrong: list[ProblemShown]


def page(request: PortalRequest, application: Application, *, status: int = 200) -> HttpResponse:
    """That it waited too long; what was posted to it is kept in the page."""
    definition = application.definition
    version = _offered(application)
    context = {
        "application": application,
        "definition": definition,
        "may_begin": version is not None and may_apply(request.actor, version.definition),
        "posted": [
            (name, value) for name, values in request.POST.lists() if name not in _OURS for value in values
        ],
    }
    return render(request, "portal/expired.html", context, status=status)


@requires(Permission.APPLY)
@require_POST
def begin(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Begin anew with the answers and files of the draft, and with what was typed into it just now."""
    old = application_of(request, pk)
    version = _offered(old)
    if version is None or not may_apply(request.actor, version.definition):
        return redirect("portal:application", pk)
    new = draft.begin_again(
        old,
        version,
        typed=typed_in(request.POST, old.definition.questions),
        actor=request.actor,
        language=get_language() or "ar",
        at=timezone.now(),
    )
    told = f"?{CAME_FROM}={old.pk}" if new.pk != old.pk else ""
    return redirect(reverse("portal:application", args=[new.pk]) + told)


def taken_over(request: PortalRequest, new: Application, *, at: datetime) -> TakenOver | None:
    """What became of the draft from which this one was begun, where the address names it."""
    try:
        old = application_of(request, UUID(request.GET.get(CAME_FROM, "")))
    except (ValueError, Application.DoesNotExist):
        return None
    return TakenOver(
        unasked=[
            answer_shown(question, old.answers.get(question.id))
            for question in draft.no_longer_asked(old, new)
            if question.id in old.typed
        ],
        files=draft.left_behind(old, new),
        wrong=[problem for problem in problems_shown(new, at=at) if problem.about in new.typed],
    )


def _offered(application: Application) -> ServiceVersion | None:
    return ServiceVersion.objects.offered().filter(service=application.definition.service).first()
