"""The first page of the desk for each kind of its people, and its keyboard shortcuts."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.web.access import PortalRequest, signed_in

# The first of these for which the actor holds the permission in any scope.
_FIRST_PAGES = (
    (Permission.CHECK, "desk:queue"),
    (Permission.INSPECT, "desk:inspections"),
    (Permission.ANSWER_REFERRAL, "desk:referrals"),
    (Permission.VOTE, "desk:matters"),
    (Permission.PROPOSE_PAYOUT, "desk:payouts"),
    (Permission.READ_JOURNAL, "desk:journal"),
    (Permission.READ_INSTRUMENTS, "desk:instruments"),
    (Permission.READ_SECURITY_LOG, "desk:security-log"),
    (Permission.MANAGE_STAFF, "desk:staff"),
    (Permission.READ_FIGURES, "desk:figures"),
    (Permission.READ_HEALTH, "desk:running"),
)


@signed_in
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """Redirect to the first page of this person."""
    return redirect(_first_page(request.actor))


@signed_in
@require_GET
def keys(request: PortalRequest) -> HttpResponse:
    """The keyboard shortcuts of the desk."""
    _first_page(request.actor)
    return render(request, "desk/keys.html")


def _first_page(actor: Actor) -> str:
    for permission, page in _FIRST_PAGES:
        if actor.holds_somewhere(permission):
            return page
    raise NotPermitted
