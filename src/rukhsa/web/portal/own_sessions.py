"""A person's own sessions: where they are signed in, and ending one or all others."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.staff.session import end_sessions, sessions_of
from rukhsa.web.access import PortalRequest, requires


@requires(Permission.READ_OWN)
@never_cache
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The open sessions, this one marked."""
    key = request.session.session_key or ""
    shown = sessions_of(request.actor.person, current=key, at=timezone.now())
    context = {"sessions": shown, "has_others": any(not each.is_current for each in shown)}
    return render(request, "portal/own_sessions.html", context)


@requires(Permission.READ_OWN, fresh=True)
@require_POST
def end(request: PortalRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions, but not this one."""
    _end(request, only=pk)
    messages.success(request, _("You were signed out there."))
    return redirect("portal:own-sessions")


@requires(Permission.READ_OWN, fresh=True)
@require_POST
def end_others(request: PortalRequest) -> HttpResponse:
    """End all of one's sessions except this one."""
    _end(request)
    messages.success(request, _("You were signed out everywhere else."))
    return redirect("portal:own-sessions")


def _end(request: PortalRequest, *, only: int | None = None) -> None:
    person, key = request.actor.person, request.session.session_key or ""
    end_sessions(person, why="by-yourself", by=person, at=timezone.now(), but=key, only=only)
