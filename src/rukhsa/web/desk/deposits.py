"""Deposits: those that are unclaimed, one with its movements, and forfeiting a part by agreement of two."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.applications.file_check import BadFile
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.banks import bank_named
from rukhsa.issuance.models import Intent
from rukhsa.payments import deposit
from rukhsa.payments.deposit_account import iban_of
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.forfeiture import approve_forfeiture, propose_forfeiture, refuse_forfeiture
from rukhsa.payments.models import Account, ChargeLine, DepositMovement, Entry, Forfeiture, HeldDeposit
from rukhsa.personal.purpose import require_purpose
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text
from rukhsa.violations.violation import Violation
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.files import answer_picture, keep_photos, kept_before, sealed
from rukhsa.web.sentences import sentence_of, status_of_form
from rukhsa.web.templatetags.texts import text

DONE: dict[str, Promise] = {
    "approve": _("We kept the amount, told the applicant and will refund the rest."),
    "refuse": _("We kept none of it."),
}
A_PAGE = 100
MOVEMENTS: dict[str, Promise] = {
    DepositMovement.Kind.HELD: _("Held"),
    DepositMovement.Kind.FORFEITED: _("Kept in part"),
    DepositMovement.Kind.RELEASED: _("Returned"),
}
_LOCKED = {"default-src": [CSP.NONE], "img-src": [CSP.SELF]}


@requires(Permission.READ_MONEY)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The unclaimed deposits, the oldest first, each with its age and the notices sent to its owner."""
    at = timezone.now()
    needed = ("line__charge__application__applicant", "line__charge__application__company")
    rows = list(deposit.unclaimed(request.actor).select_related(*needed)[: A_PAGE + 1])
    amounts = _held([row.pk for row in rows])
    record("see-unclaimed-deposits", request.actor.person, actor=request.actor, at=at)
    lines = [
        (row, Money(minor=amounts.get(row.pk, 0), currency=row.line.charge.currency), _days(row, at))
        for row in rows[:A_PAGE]
    ]
    asked = Forfeiture.objects.on_which(request.actor, Permission.READ_MONEY).filter(state=State.PROPOSED)
    context = {
        "rows": lines,
        "has_more": len(rows) > A_PAGE,
        "most": len(deposit.REMINDERS),
        "asked": asked.select_related("proposed_by", "line__charge__application").order_by("proposed_at")[
            :A_PAGE
        ],
    }
    return render(request, "desk/deposits.html", context)


@requires(Permission.READ_MONEY)
@require_GET
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """A deposit; viewing it is recorded in the journal."""
    line = reach(request.actor, pk)
    record("see-deposit", line, actor=request.actor, at=timezone.now())
    return page_of(request, line, **_from_violation(request, line))


def _from_violation(request: PortalRequest, line: ChargeLine) -> dict[str, Any]:
    """The reason and the pictures of a violation of the document whose page led here; nothing else is taken."""
    if not (number := request.GET.get("violation", "")[:24]):
        return {}
    ours = Violation.objects.on_which(request.actor, Permission.READ_VIOLATIONS).confirmed()
    documents = Intent.objects.filter(application=line.charge.application_id)
    of_it = ours.filter(number=number, instrument__intent__number__in=documents.values("number"))
    if (violation := of_it.prefetch_related("evidence").first()) is None:
        return {}
    reason = f"{text(violation.name)} \u2066{violation.number}\u2069: {violation.text}"[:400]
    return {"typed": {"reason": reason}, "kept": [each.digest for each in violation.evidence.all()]}


@requires(Permission.READ_MONEY)
@require_GET
@csp_override(_LOCKED)
def photo(request: PortalRequest, pk: int, digest: str) -> HttpResponseBase:
    """A picture of the damage, of a forfeiture or of a proposed one."""
    line = reach(request.actor, pk)
    shown = [
        *line.movements.values_list("photos", flat=True),
        *line.forfeitures.values_list("photos", flat=True),
    ]
    if not any(digest in photos for photos in shown):
        raise Http404
    return answer_picture(request, line, digest)


def movements_of(line: ChargeLine) -> list[tuple[DepositMovement, Money, Promise]]:
    """The movements of a deposit, in order, with their amounts."""
    entries = Entry.objects.filter(line=line, account=Account.DEPOSITS).select_related("posting")
    amounts = {entry.posting.movement_id: abs(entry.amount) for entry in entries}
    currency = line.charge.currency
    return [
        (
            each,
            Money(minor=amounts.get(each.pk, line.amount), currency=currency),
            MOVEMENTS[each.kind],
        )
        for each in line.movements.select_related("actor", "forfeiture__proposed_by").order_by("pk")
    ]


def reach(actor: Actor, pk: int, *also: Permission) -> ChargeLine:
    """A deposit where the actor may read about money, and holds what an act on it also needs.

    Raises DoesNotExist, and PurposeMissing: what waits for a second hand needs no purpose.
    """
    needed = tuple(f"charge__application__{each}" for each in ("applicant", "company", "queue_entry"))
    lines = ChargeLine.objects.on_which(actor, Permission.READ_MONEY, *also)
    held = lines.filter(kind=ChargeLine.Kind.DEPOSIT, charge__receipt__isnull=False)
    line = held.select_related(*needed, "charge__application__service_version").get(pk=pk)
    if not line.forfeitures.filter(state=State.PROPOSED).exists():
        require_purpose(line.charge.application, actor, at=timezone.now())
    return line


def page_of(
    request: PortalRequest,
    line: ChargeLine,
    *,
    status: int = UNPROCESSABLE,
    error: Promise | str | None = None,
    typed: dict[str, str] | None = None,
    kept: list[str] | None = None,
    refusal: str = "",
) -> HttpResponse:
    """Render the page of a deposit, with an error and what was typed."""
    held = deposit.held(line)
    application = line.charge.application
    context: dict[str, Any] = {
        "line": line,
        "name": Text(**line.explanation["name"]) if "name" in line.explanation else Text(en=line.rule),
        "paid": Money(minor=line.amount, currency=line.charge.currency),
        "held": held,
        "charge": line.charge,
        "application": application,
        "definition": application.definition,
        "movements": movements_of(line),
        "unclaimed": HeldDeposit.objects.filter(line=line, unclaimed_since__isnull=False).first(),
        "account": (account := iban_of(application)),
        "bank": bank_named(account),
        "seen": seen_of(line),
        **_asked(line, request.actor),
        "may_forfeit": held.minor > 0 and request.actor.holds(Permission.PROPOSE_FORFEITURE, at=line.scope),
        "reason": refusal,
        "error": error,
        "typed": typed or {},
        "kept": sealed(kept or [], salt=salt_of(line)),
    }
    return render(request, "desk/deposit.html", context, status=status if error else 200)


def _asked(line: ChargeLine, actor: Actor) -> dict[str, Any]:
    """The proposed forfeiture, the last refused one, and what the actor may do about it."""
    all_of_it = list(line.forfeitures.select_related("proposed_by", "decided_by").order_by("proposed_at"))
    waiting = next((each for each in all_of_it if each.waits), None)
    may = agreement_offered(
        proposer=waiting.proposed_by if waiting else None,
        waits=waiting is not None,
        may_decide=actor.holds(Permission.APPROVE_FORFEITURE, at=line.scope),
        actor=actor,
    )
    return {"asked": waiting, "not_kept": [each for each in all_of_it if each.state == State.REFUSED], **may}


def seen_of(line: ChargeLine) -> str:
    """The state that a form was shown for: after another act, the form must be reviewed again."""
    return f"{line.movements.count()}-{line.forfeitures.count()}"


def salt_of(line: ChargeLine) -> str:
    """The salt of the signed pictures in a form about this deposit."""
    return f"desk.deposit.{line.pk}"


def _held(lines: list[Any]) -> dict[int, int]:
    sums = (
        Entry.objects.filter(line__in=lines, account=Account.DEPOSITS)
        .values("line")
        .annotate(sum=Sum("amount"))
    )
    return {row["line"]: -row["sum"] for row in sums}


def _days(row: HeldDeposit, at: Any) -> int:
    assert row.unclaimed_since
    return int((at - row.unclaimed_since).days)


@requires(Permission.PROPOSE_FORFEITURE, Permission.READ_MONEY)
@require_POST
def ask_to_keep(request: PortalRequest, pk: int) -> HttpResponse:
    """Propose that a part be kept, with reason and pictures; nothing changes until another person approves."""
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
    messages.success(request, _("Waiting for another person to approve."))
    return redirect("desk:deposit", pk)


@requires(Permission.READ_MONEY, fresh=True)
@require_POST
def act_on_forfeiture(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse a forfeiture; its proposer withdraws it by refusing."""
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
