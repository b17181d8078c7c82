"""The pages of deposits: what nobody claims, one deposit with its movements, and keeping a part of it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError
from rukhsa.applications.account_number import bank_named
from rukhsa.applications.file_check import BadFile
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.notice import tell
from rukhsa.payments import deposits, unclaimed
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.models import Account, ChargeLine, DepositMovement, Entry, HeldDeposit
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.files import answer_with
from rukhsa.web.desk.photos import keep_photos, kept_before, sealed
from rukhsa.web.sentences import sentence_of

A_PAGE = 100
MOVEMENTS: dict[str, Promise] = {
    DepositMovement.Kind.HELD: _("Held"),
    DepositMovement.Kind.FORFEITED: _("Kept in part"),
    DepositMovement.Kind.RELEASED: _("Released"),
}
_LOCKED = {"default-src": [CSP.NONE], "img-src": [CSP.SELF]}


@requires(Permission.READ_MONEY)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """What nobody claims, the oldest first, each with its age and what its owner was told."""
    at = timezone.now()
    needed = ("line__charge__application__applicant", "line__charge__application__company")
    rows = list(unclaimed.visible_to(request.actor).select_related(*needed)[: A_PAGE + 1])
    amounts = _held([row.pk for row in rows])
    record("see-unclaimed-deposits", request.actor.person, actor=request.actor, at=at)
    lines = [
        (row, Money(minor=amounts.get(row.pk, 0), currency=row.line.charge.currency), _days(row, at))
        for row in rows[:A_PAGE]
    ]
    context = {"rows": lines, "has_more": len(rows) > A_PAGE, "most": len(unclaimed.REMINDERS)}
    return render(request, "desk/deposits.html", context)


@requires(Permission.READ_MONEY)
@require_GET
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """One deposit; looking is a journal entry."""
    line = _reach(request.actor, pk)
    record("see-deposit", line, actor=request.actor, at=timezone.now())
    return _page(request, line)


@requires(Permission.FORFEIT_DEPOSIT)
@require_POST
def forfeit(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep a part with its reason and pictures; the rest goes back, and the applicant is told."""
    line = _reach(request.actor, pk)
    typed = {name: request.POST.get(name, "").strip() for name in ("amount", "reason")}
    kept = kept_before(request, salt=_salt(line))
    if request.POST.get("seen") != str(line.movements.count()):
        return _page(request, line, error=sentence_of("moved-on"), typed=typed, kept=kept)
    try:
        kept = keep_photos(request, kept)
        money = Money.parse(typed["amount"], line.charge.currency)
        if not kept:
            return _page(request, line, error=_("Add at least one picture of the damage."), typed=typed)
        _keep(line, money, typed["reason"], kept, request.actor)
    except BadFile as bad:
        return _page(request, line, error=bad.text, typed=typed, kept=kept)
    except MoneyError:
        return _page(request, line, error=sentence_of("bad-amount"), typed=typed, kept=kept)
    except (AgreementError, PaymentsError) as refused:
        return _page(request, line, error=sentence_of(refused.code), typed=typed, kept=kept)
    messages.success(request, _("It was kept. The applicant is told now, and the rest goes back."))
    return redirect("desk:deposit", pk)


@transaction.atomic
def _keep(line: ChargeLine, money: Money, reason: str, photos: list[str], actor: Actor) -> None:
    at = timezone.now()
    movement = deposits.forfeit(line, money, reason=reason, photos=photos, actor=actor, at=at)
    application = line.charge.application
    event = f"deposit-forfeited:{movement.pk}"
    tell(application, event, at=at, kept=str(money), currency=money.currency)
    if deposits.release_rest(line, actor=actor, at=at):
        tell(application, "deposit-released", at=at)


@requires(Permission.READ_MONEY)
@require_GET
@csp_override(_LOCKED)
def photo(request: PortalRequest, movement: int, digest: str) -> FileResponse:
    """A picture of what was kept."""
    ours = DepositMovement.objects.filter(line__charge__application__authority__in=request.actor.authorities)
    found = ours.get(pk=movement)
    if digest not in found.photos:
        raise Http404
    record("see-photo", found, actor=request.actor, at=timezone.now())
    return answer_with(digest)


def movements_of(line: ChargeLine) -> list[tuple[DepositMovement, Money, Promise]]:
    """What happened to a deposit, in order, with its amounts."""
    entries = Entry.objects.filter(line=line, account=Account.DEPOSITS).select_related("posting")
    amounts = {entry.posting.event: abs(entry.amount) for entry in entries}
    currency = line.charge.currency
    return [
        (
            each,
            Money(minor=amounts.get(f"{each.kind}:{each.pk}", line.amount), currency=currency),
            MOVEMENTS[each.kind],
        )
        for each in line.movements.select_related("actor").order_by("pk")
    ]


def _reach(actor: Actor, pk: int) -> ChargeLine:
    needed = ("charge__application__applicant", "charge__application__company")
    return _visible_to(actor).select_related(*needed, "charge__application__service_version").get(pk=pk)


def _visible_to(actor: Actor) -> QuerySet[ChargeLine]:
    held = ChargeLine.objects.filter(kind=ChargeLine.Kind.DEPOSIT, charge__receipt__isnull=False)
    return held.filter(charge__application__authority__in=actor.authorities)


def _page(
    request: PortalRequest,
    line: ChargeLine,
    *,
    error: Promise | str | None = None,
    typed: dict[str, str] | None = None,
    kept: list[str] | None = None,
) -> HttpResponse:
    held = deposits.held(line)
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
        "account": (account := deposits.iban_of(application)),
        "bank": bank_named(account),
        "may_forfeit": held.minor > 0 and Permission.FORFEIT_DEPOSIT in request.actor.permissions,
        "error": error,
        "typed": typed or {},
        "kept": sealed(kept or [], salt=_salt(line)),
    }
    return render(request, "desk/deposit.html", context, status=UNPROCESSABLE if error else 200)


def _salt(line: ChargeLine) -> str:
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
