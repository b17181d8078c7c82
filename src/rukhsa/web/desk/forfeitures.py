"""Keeping a part of a deposit: one of the staff asks for it with pictures, another approves or refuses it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError
from rukhsa.applications.file_check import BadFile
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.forfeiture import approve_forfeiture, propose_forfeiture, refuse_forfeiture
from rukhsa.payments.models import Forfeiture
from rukhsa.values.money import Money, MoneyError
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.deposits import page_of, reach, salt_of, seen_of
from rukhsa.web.desk.photos import keep_photos, kept_before
from rukhsa.web.sentences import sentence_of, status_of_form

DONE: dict[str, Promise] = {
    "approve": _("It was kept. The applicant is told now, and the rest goes back."),
    "refuse": _("Nothing was kept."),
}


@requires(Permission.PROPOSE_FORFEITURE, Permission.READ_MONEY)
@require_POST
def propose(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask that a part be kept, with its reason and pictures; nothing changes before somebody else approves."""
    line = reach(request.actor, pk, Permission.PROPOSE_FORFEITURE)
    typed = {name: request.POST.get(name, "").strip() for name in ("amount", "reason")}
    kept = kept_before(request, salt=salt_of(line))
    if request.POST.get("seen") != seen_of(line):
        return page_of(request, line, error=sentence_of("moved-on"), typed=typed, kept=kept)
    try:
        kept = keep_photos(request, kept)
        money = Money.parse(typed["amount"], line.charge.currency)
        if not kept:
            return page_of(request, line, error=_("Add at least one picture of the damage."), typed=typed)
        propose_forfeiture(
            line, money, reason=typed["reason"], photos=kept, actor=request.actor, at=timezone.now()
        )
    except BadFile as bad:
        return page_of(request, line, status=status_of_form(bad.code), error=bad.text, typed=typed, kept=kept)
    except MoneyError:
        return page_of(request, line, error=sentence_of("bad-amount"), typed=typed, kept=kept)
    except (AgreementError, PaymentsError) as refused:
        return page_of(request, line, error=sentence_of(refused.code), typed=typed, kept=kept)
    messages.success(request, _("It waits for another person's approval."))
    return redirect("desk:deposit", pk)


@requires(Permission.READ_MONEY, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse; whoever asked takes it back by refusing."""
    reached = Forfeiture.objects.on_which(request.actor, Permission.READ_MONEY)
    forfeiture = reached.select_related("line__charge__application").get(pk=pk)
    reason = request.POST.get("reason", "")
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: approve_forfeiture(forfeiture, actor=request.actor, at=timezone.now()),
        "refuse": lambda: refuse_forfeiture(forfeiture, reason, actor=request.actor, at=timezone.now()),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, PaymentsError) as refused:
        line = reach(request.actor, forfeiture.line_id)
        return page_of(request, line, error=sentence_of(refused.code), refusal=reason)
    messages.success(request, str(DONE[verb]))
    return redirect("desk:deposit", forfeiture.line_id)
