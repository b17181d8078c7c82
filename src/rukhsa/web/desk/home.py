"""The first page of the desk for each kind of its people, what waits today, and the keyboard shortcuts."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.digest import MOST, Digest, digest_of
from rukhsa.web.access import PortalRequest, requires, signed_in

# The first of these for which the actor holds the permission in any scope.
_FIRST_PAGES = (
    (Permission.RESOLVE_SILENCE, "desk:today"),
    (Permission.CHECK, "desk:queue"),
    (Permission.INSPECT, "desk:inspections"),
    (Permission.ANSWER_REFERRAL, "desk:referrals"),
    (Permission.VOTE, "desk:matters"),
    (Permission.PROPOSE_PAYOUT, "desk:payouts"),
    (Permission.READ_JOURNAL, "desk:journal"),
    (Permission.READ_INSTRUMENTS, "desk:instruments"),
    (Permission.READ_SECURITY_LOG, "desk:security-log"),
    (Permission.READ_LOOKS, "desk:people"),
    (Permission.MANAGE_STAFF, "desk:staff"),
    (Permission.READ_FIGURES, "desk:figures"),
    (Permission.READ_HEALTH, "desk:running"),
)
# What another person proposed, and the page on which it stands.
_SECOND: dict[str, tuple[Promise, str]] = {
    "decisions": (_("Proposed decisions"), "queue/?show=second"),
    "corrections": (_("Corrections of documents"), "instruments/?waits=correction"),
    "revocations": (_("Revocations"), "instruments/?waits=revocation"),
    "suspensions": (_("Suspensions"), "instruments/?waits=suspension"),
    "confirmations": (_("Documents suspended by one person"), "instruments/?waits=confirmation"),
    "waivers": (_("Waivers"), "waivers/"),
    "forfeitures": (_("Deposits to be kept"), "deposits/"),
    "payouts": (_("Refunds"), "payouts/"),
    "mandates": (_("Mandates"), "mandates/"),
}


@signed_in
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """Redirect to the first page of this person."""
    return redirect(_first_page(request.actor))


@requires(Permission.CHECK)
@require_GET
def today(request: PortalRequest) -> HttpResponse:
    """What waits for this person today, each number with the list behind it."""
    waiting = digest_of(request.actor, at=timezone.now())
    is_supervisor = request.actor.holds_somewhere(Permission.RESOLVE_SILENCE)
    context = {
        "numbers": _numbers(waiting, is_supervisor=is_supervisor),
        "second": [(*_SECOND[kind], number) for kind, number in waiting.second.items()],
        "is_supervisor": is_supervisor,
        "most": MOST,
    }
    return render(request, "desk/today.html", context)


@signed_in
@require_GET
def keys(request: PortalRequest) -> HttpResponse:
    """The keyboard shortcuts of the desk."""
    _first_page(request.actor)
    return render(request, "desk/keys.html")


def _numbers(waiting: Digest, *, is_supervisor: bool) -> list[tuple[Promise, str, int]]:
    late = "queue/?show=late"
    return [
        (_("Late at the authority") if is_supervisor else _("Late"), late, waiting.late),
        (_("Mine"), "queue/?show=mine", waiting.mine),
        (_("Unassigned"), "queue/?show=unassigned", waiting.unassigned),
    ]


def _first_page(actor: Actor) -> str:
    for permission, page in _FIRST_PAGES:
        if actor.holds_somewhere(permission):
            return page
    raise NotPermitted
