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
    Rule.NEEDS_REVIEW: _("The gateway's report does not match or cannot be proved"),
    Rule.WITHOUT_END: _("Payment attempts without a result"),
    Rule.PAID_LATE: _("Bills paid later"),
    Rule.NO_NOTICE: _("Missing gateway notices"),
    Rule.CLOSED: _("Payments for a closed application"),
}
RULES: dict[Rule, Promise] = {
    Rule.NEEDS_REVIEW: _("Compare with the gateway's statement, or ask the gateway again here."),
    Rule.WITHOUT_END: _(
        "After 15 minutes. We then ask the gateway automatically, at growing intervals up to one "
        "hour. A bill can be paid for days."
    ),
    Rule.PAID_LATE: _(
        "In the last 7 days, paid more than 15 minutes after they were started. We found them by "
        "asking and counted them."
    ),
    Rule.NO_NOTICE: _("Paid in the last 7 days, but the gateway did not tell us. We found out by asking."),
    Rule.CLOSED: _("In the last 7 days. These payments match no charge, so the money is refundable."),
}
_ASKED_AFTER = (Rule.NEEDS_REVIEW, Rule.WITHOUT_END)
ENDS: dict[End, Promise] = {
    End.OPEN: _("Open: we keep asking"),
    End.WAITS: _("Waiting for a check"),
    End.COUNTED: _("Counted"),
    End.OWED: _("Refundable"),
    End.SENT_BACK: _("Refunded"),
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
    messages.success(request, _("We are trying again. If it works, it leaves this list."))
    return redirect("desk:findings")
