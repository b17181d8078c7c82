"""Payments that did not go their usual way, by rule, with age and outcome."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.issuance.papers import stalled_papers, try_again
from rukhsa.payments.anomaly import A_LIST, End, Rule, anomalies
from rukhsa.payments.gateways.registry import names
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.stalled import reason_of

TITLES: dict[Rule, Promise] = {
    Rule.NEEDS_REVIEW: _("A gateway's word does not fit, or cannot be proved"),
    Rule.WITHOUT_END: _("Attempts without an end"),
    Rule.PAID_LATE: _("Bills that were paid later"),
    Rule.NO_NOTICE: _("Notices that never came"),
    Rule.CLOSED: _("Money for an application that was closed"),
}
RULES: dict[Rule, Promise] = {
    Rule.NEEDS_REVIEW: _("Compare with the gateway's statement, and ask the gateway once more here."),
    Rule.WITHOUT_END: _(
        "After 15 minutes. The gateway is asked again by itself, ever more seldom, up to hourly; a bill may be paid "
        "for days."
    ),
    Rule.PAID_LATE: _(
        "More than 15 minutes after they were begun, in the last 7 days. Found by asking, and counted."
    ),
    Rule.NO_NOTICE: _("Paid in the last 7 days, and the gateway did not tell us: found by asking it."),
    Rule.CLOSED: _("In the last 7 days. It pays for nothing, so it is owed back."),
}
_ASKED_AFTER = (Rule.NEEDS_REVIEW, Rule.WITHOUT_END)
ENDS: dict[End, Promise] = {
    End.OPEN: _("Open: it is asked after"),
    End.WAITS: _("Waits for a person"),
    End.COUNTED: _("Counted"),
    End.OWED: _("Owed back"),
    End.SENT_BACK: _("Sent back"),
}


@requires(Permission.READ_MONEY)
@require_GET
@transaction.atomic
def show(request: PortalRequest) -> HttpResponse:
    """Every rule with what it found, also those that found nothing."""
    at = timezone.now()
    gateways = names()
    record("see-findings", request.actor.person, actor=request.actor, at=at)
    found = anomalies(request.actor, at=at)
    lists = [
        {
            "title": TITLES[rule],
            "rule": RULES[rule],
            "rows": [
                (
                    each,
                    gateways.get(each.attempt.gateway),
                    ENDS[each.end],
                    at - each.since,
                    rule in _ASKED_AFTER
                    and request.actor.holds(Permission.APPROVE_PAYOUT, at=each.attempt.scope),
                )
                for each in rows[:A_LIST]
            ],
            "has_more": len(rows) > A_LIST,
        }
        for rule, rows in found.items()
    ]
    papers = stalled_papers(request.actor, only=A_LIST + 1)
    context = {
        "lists": lists,
        "papers": [
            (
                each,
                reason_of(each.stall.code),
                at - each.since,
                request.actor.holds(Permission.ISSUE_PAPER, at=each.stall.scope),
            )
            for each in papers[:A_LIST]
        ],
        "has_more_papers": len(papers) > A_LIST,
    }
    return render(request, "desk/findings.html", context)


@requires(Permission.ISSUE_PAPER)
@require_POST
def issue_paper(request: PortalRequest, pk: int) -> HttpResponse:
    """Try again to issue a paper that was refused."""
    try_again(request.actor, pk, at=timezone.now())
    messages.success(request, _("It is tried again. If it succeeds, it leaves this list."))
    return redirect("desk:findings")
