"""Messages on the desk: which conversations wait for an answer, one of them, and the files sent with it."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.taken import Taken
from rukhsa.audit.journal import record
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.correspondence import conversation
from rukhsa.correspondence.conversation import ConversationError, Side
from rukhsa.correspondence.enclosure import Enclosure, see
from rukhsa.personal.purpose import require_purpose
from rukhsa.review.case_file import CaseFile
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case
from rukhsa.web.desk.files import LOCKED, answer_stored
from rukhsa.web.enclosing import ACCEPT, MessageForm, read_form, refuse
from rukhsa.web.sentences import status_of_form

MOST_SHOWN = 100


@requires(Permission.READ_QUEUE, Permission.WRITE_MESSAGE)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The applications whose applicants wrote and were not read yet, the one that waits longest first."""
    waiting = conversation.awaiting(request.actor, most=MOST_SHOWN + 1)
    found = Application.objects.on_which(request.actor, Permission.READ_QUEUE, Permission.WRITE_MESSAGE)
    found = found.select_related("applicant", "company", "queue_entry__officer").defer("typed", "answers")
    by_pk = found.in_bulk([each["application"] for each in waiting[:MOST_SHOWN]])
    names = ServiceVersion.objects.names({each.service_version_id for each in by_pk.values()})
    lines = [
        (by_pk[each["application"]], names[by_pk[each["application"]].service_version_id], each)
        for each in waiting[:MOST_SHOWN]
    ]
    record("see-conversations", request.actor.person, actor=request.actor, at=timezone.now())
    context = {"lines": lines, "has_more": len(waiting) > MOST_SHOWN}
    return render(request, "desk/conversations.html", context)


@requires(Permission.READ_QUEUE, Permission.WRITE_MESSAGE)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows the conversation and marks it as read for the authority; POST answers."""
    application = case.reached(request.actor, pk, Permission.WRITE_MESSAGE)
    if request.method == "GET":
        return _page(request, application, MessageForm(taken=_file_to_send(request, application)))
    form = read_form(request)
    if not form.problem:
        try:
            conversation.write_as_authority(
                application, form.text, form.taken, actor=request.actor, at=timezone.now()
            )
        except ConversationError as error:
            refuse(form, error)
    if form.problem:
        return _page(request, application, form, status=status_of_form(""))
    messages.success(request, _("The message was sent. The applicant is told that there is one."))
    return redirect("desk:conversation", pk)


@requires(Permission.READ_QUEUE, Permission.WRITE_MESSAGE)
@require_GET
@csp_override(LOCKED)
def open_enclosure(request: PortalRequest, pk: UUID) -> FileResponse:
    """The safe copy of a file that was sent with a message."""
    found = Enclosure.objects.on_which(request.actor, Permission.READ_QUEUE, Permission.WRITE_MESSAGE)
    reached = found.select_related("message__application__queue_entry").get(pk=pk)
    require_purpose(reached.message.application, request.actor, at=timezone.now())
    enclosure = see(reached, actor=request.actor, at=timezone.now())
    return answer_stored(enclosure.shown_digest, enclosure.shown_media_type)


def _file_to_send(request: PortalRequest, application: Application) -> list[Taken]:
    """The file of the case that an officer chose to send."""
    try:
        chosen = UUID(request.GET.get("file", ""))
    except ValueError:
        return []
    here = CaseFile.objects.seen_by(request.actor).filter(application=application, pk=chosen)
    return [file.taken for file in here]


def _page(
    request: PortalRequest, application: Application, form: MessageForm, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    record("see-conversation", application, actor=request.actor, at=at)
    conversation.mark_read(application, Side.AUTHORITY, actor=request.actor, at=at)
    context = {
        "application": application,
        "definition": application.definition,
        "conversation": conversation.messages_of(application),
        "may_write": conversation.may_write(application, at=at),
        "form": form,
        "accept": ACCEPT,
        "side": Side.AUTHORITY,
    }
    return render(request, "desk/conversation.html", context, status=status)
