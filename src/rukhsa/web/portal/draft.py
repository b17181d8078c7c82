"""A draft: what is left to do, and beginning again when it has expired."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.applications.answers import read_all
from rukhsa.applications.application import DRAFT_LASTS, is_expired
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.submission import missing_documents
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.edge import is_control
from rukhsa.web.fields import typed_in
from rukhsa.web.portal.pages import application_of, needs_documents, sections_of
from rukhsa.web.portal.service import may_apply
from rukhsa.web.portal.submission import ProblemShown, problems_shown
from rukhsa.web.shown import AnswerShown, answer_shown

CAME_FROM = "from"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A page of the draft, complete or not."""

    title: Text | Promise
    address: str
    done: bool


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """Which answers and files of an expired draft the new one did not take over, and which are now wrong."""

    unasked: list[AnswerShown]
    files: list[Attachment]
    wrong: list[ProblemShown]


def show_draft(request: PortalRequest, application: Application) -> HttpResponse:
    """List what is left to do, or say that the draft has expired."""
    now = timezone.now()
    if is_expired(application, at=now):
        return show_expired(request, application)
    tasks = tasks_of(application, at=now)
    context = {
        "application": application,
        "definition": application.definition,
        "tasks": tasks,
        "next": next(task for task in tasks if not task.done),
        "keeps_until": application.saved_at + DRAFT_LASTS,
        "taken_over": taken_over(request, application, at=now),
    }
    return render(request, "portal/draft.html", context)


def tasks_of(application: Application, *, at: datetime) -> list[Task]:
    """The sections, the documents and the review, as tasks."""
    reading = read_all(application.definition, application.typed, at=at)
    wrong = {problem.about for problem in reading.problems}
    tasks = [
        Task(
            title=section.title,
            address=reverse("portal:section", args=[application.pk, section.id]),
            done=not any(question.id in wrong for question in section.questions),
        )
        for section in sections_of(application)
    ]
    if needs_documents(application):
        address = reverse("portal:documents", args=[application.pk])
        complete = not missing_documents(application, reading)
        tasks.append(Task(title=_("Documents"), address=address, done=complete))
    address = reverse("portal:review", args=[application.pk])
    return [*tasks, Task(title=_("Check your answers"), address=address, done=False)]


def show_expired(
    request: PortalRequest, application: Application, *, posted: QueryDict | None = None, status: int = 200
) -> HttpResponse:
    """Say that the draft has expired, and keep what was posted in the page."""
    definition = application.definition
    version = _offered(application)
    context = {
        "application": application,
        "definition": definition,
        "may_begin": version is not None and may_apply(request.actor, version.definition),
        "posted": [
            (name, value)
            for name, values in (posted or QueryDict()).lists()
            if not is_control(name)
            for value in values
        ],
    }
    return render(request, "portal/expired.html", context, status=status)


@requires(Permission.APPLY)
@require_POST
def begin_again(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Start a new draft with the answers and files of the expired one, and with what was just typed."""
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
    """What became of the expired draft named in the address."""
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
