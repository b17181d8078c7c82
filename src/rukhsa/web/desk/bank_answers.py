"""What the bank answered about bank files: taking a file of it in, and what it said of each transfer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa import reader
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.payments.bank_answer import FAULTS, LARGEST, BadBankAnswer, Outcome, take_in_answer
from rukhsa.payments.models import BankAnswer
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.payouts import STATES
from rukhsa.web.sentences import sentence_of, status_of_form

A_LIST = 50
_READING = (Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
KINDS: dict[str, Promise] = {
    BankAnswer.Kind.STATUS: _("Status report"),
    BankAnswer.Kind.STATEMENT: _("Statement of the account"),
}
OUTCOMES: dict[str, Promise] = {
    Outcome.SETTLED: _("Sent: recorded now"),
    Outcome.REFUSED: _("Refused by the bank: owed again"),
    Outcome.UNDER_WAY: _("Still with the bank"),
    Outcome.KNOWN: _("As recorded before"),
    Outcome.UNKNOWN: _("We asked for no such transfer"),
    Outcome.NO_STATUS: _("We do not know this status of the bank"),
    Outcome.AMOUNT: _("Another amount than ours"),
    Outcome.NOT_GIVEN: _("Our books do not show it at the bank"),
    Outcome.SENT_AFTER_REFUSED: _("Sent, but our books say that it was not: do not send it again"),
    Outcome.REFUSED_AFTER_SENT: _("Refused, but our books say that it was sent"),
    Outcome.CAME_BACK: _("The money came back to our account"),
}


@requires(Permission.PROPOSE_PAYOUT, fresh=True)
@require_http_methods(["GET", "POST"])
def show_all(request: PortalRequest) -> HttpResponse:
    """The answers of the bank, the newest first; posting takes one in."""
    at, error, status = timezone.now(), None, 200
    if request.method == "POST":
        sent = request.FILES.get("answer")
        try:
            if sent is None:
                raise BadBankAnswer("not-a-bank-answer")
            if (sent.size or 0) > LARGEST:
                raise BadBankAnswer("bank-answer-too-long")
            answer = take_in_answer(sent.read(), actor=request.actor, at=at)
        except (BadBankAnswer, reader.Busy) as refused:
            error, status = sentence_of(refused.code), status_of_form(refused.code)
        else:
            count, faults = answer.rows.count(), answer.rows.filter(outcome__in=FAULTS).count()
            read = ngettext("%(count)s transfer was read.", "%(count)s transfers were read.", count)
            messages.success(request, read % {"count": count})
            if faults:
                wrong = ngettext("%(count)s must be looked into.", "%(count)s must be looked into.", faults)
                messages.warning(request, wrong % {"count": faults})
            return redirect("desk:bank-answer", answer.pk)
    ours = BankAnswer.objects.on_which(request.actor, Permission.PROPOSE_PAYOUT)
    record("see-bank-answers", request.actor.person, actor=request.actor, at=at)
    rows = [(each, KINDS[each.kind]) for each in ours.select_related("taken_by")[:A_LIST]]
    context = {"rows": rows, "error": error}
    return render(request, "desk/bank_answers.html", context, status=status)


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One answer: what it says of each transfer, what must be looked into first."""
    ours = BankAnswer.objects.on_which(request.actor, *_READING).select_related("taken_by")
    answer = ours.get(pk=pk)
    record("see-bank-answer", answer, actor=request.actor, at=timezone.now(), message=answer.message)
    rows = answer.rows.select_related("payout__bank_file").order_by("number")
    told = [(each, OUTCOMES[each.outcome], STATES[each.payout.state] if each.payout else "") for each in rows]
    context = {
        "answer": answer,
        "kind": KINDS[answer.kind],
        "rows": sorted(told, key=lambda row: not row[0].is_fault),
        "faults": sum(1 for each, _outcome, _state in told if each.is_fault),
    }
    return render(request, "desk/bank_answer.html", context)
