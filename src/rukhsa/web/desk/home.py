"""Where the desk begins for each kind of its people, and which keys it knows."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.web.access import PortalRequest, signed_in

# The first page is the first of these for which the actor holds the permission somewhere.
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
)


@signed_in
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """Send each to the page that waits for them."""
    return redirect(_first_page(request.actor))


@signed_in
@require_GET
def keys(request: PortalRequest) -> HttpResponse:
    """The keys that the desk knows."""
    _first_page(request.actor)
    return render(request, "desk/keys.html")


def _first_page(actor: Actor) -> str:
    for permission, page in _FIRST_PAGES:
        if actor.holds_somewhere(permission):
            return page
    raise NotPermitted
