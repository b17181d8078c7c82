"""The page of messages that could not be sent: by channel, why, and sending them again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.delivery.delivery import send_again
from rukhsa.delivery.models import Notice
from rukhsa.web.access import PortalRequest, requires

A_LIST = 100
CHANNELS: dict[str, Promise] = {
    Notice.Channel.SMS: _("SMS"),
    Notice.Channel.MAIL: _("Email"),
    Notice.Channel.PUSH: _("Notifications on a device"),
}


@requires(Permission.READ_HEALTH)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The messages of the reader's authorities that failed, by channel, the longest waiting first; two queries."""
    ours = Notice.objects.on_which(request.actor, Permission.READ_HEALTH).failing()
    found = list(ours.select_related("application").order_by("created_at")[: A_LIST + 1])
    record("see-unsent", request.actor.person, actor=request.actor, at=timezone.now())
    groups = [
        (name, [each for each in found[:A_LIST] if each.channel == channel])
        for channel, name in CHANNELS.items()
    ]
    context = {"groups": groups, "is_empty": not found, "has_more": len(found) > A_LIST}
    return render(request, "desk/unsent.html", context)


@requires(Permission.READ_HEALTH, fresh=True)
@require_POST
def send(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Queue one message again; it is sent once however often this is pressed."""
    notice = Notice.objects.on_which(request.actor, Permission.READ_HEALTH).get(pk=pk)
    send_again(notice, actor=request.actor, at=timezone.now())
    messages.success(request, _("The message is queued again."))
    return redirect("desk:unsent")
