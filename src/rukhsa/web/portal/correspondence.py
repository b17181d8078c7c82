"""The messages about one application, as its applicant reads and writes them."""

from io import BytesIO
from pathlib import PurePath
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.catalogue.territory import territory
from rukhsa.correspondence import conversation
from rukhsa.correspondence.conversation import ConversationError, Side
from rukhsa.correspondence.enclosure import Enclosure, see
from rukhsa.files.kind import ending_of
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.enclosing import ACCEPT, MessageForm, read_form, refuse
from rukhsa.web.portal.pages import application_of
from rukhsa.web.sentences import status_of_form


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows the conversation and marks it as read; POST sends a message."""
    application = application_of(request, pk)
    if application.reference is None:
        return redirect("portal:application", pk)
    if request.method == "GET":
        return _page(request, application, MessageForm())
    form, at = read_form(request), timezone.now()
    if not form.problem:
        try:
            conversation.write_as_applicant(application, form.text, form.taken, actor=request.actor, at=at)
        except ConversationError as error:
            refuse(form, error)
    if form.problem:
        return _page(request, application, form, status=status_of_form(""))
    messages.success(request, _("Your message was sent."))
    return redirect("portal:messages", pk)


@requires(Permission.APPLY)
@require_GET
def open_file(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """Send a file of the conversation as a download that no browser treats as a page of this site."""
    found = Enclosure.objects.of_applicant(request.actor).get(pk=pk)
    enclosure = see(found, actor=request.actor, at=timezone.now())
    digest, media_type = enclosure.given_to(request.actor.person)
    response = FileResponse(
        BytesIO(blobs.fetch(digest)),
        as_attachment=True,
        filename=f"{PurePath(enclosure.name).stem or 'file'}.{ending_of(media_type)}",
        content_type=media_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: PortalRequest, application: Application, form: MessageForm, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    conversation.mark_read(application, Side.APPLICANT, actor=request.actor, at=at)
    authority = application.authority_id or ""
    context = {
        "application": application,
        "definition": application.definition,
        "authority": territory().authority(authority).name(on=timezone.localdate(at)),
        "conversation": conversation.messages_of(application),
        "may_write": conversation.may_write(application, at=at),
        "form": form,
        "accept": ACCEPT,
        "side": Side.APPLICANT,
    }
    return render(request, "portal/messages.html", context, status=status)
