"""An applicant's deposits: what is held, what was kept and why, and how the rest is returned."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import get_language
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.banks import bank_named
from rukhsa.catalogue.territory import territory
from rukhsa.payments.deposit_account import BadIban, give_account, iban_of, prefetched_iban_of, read_account
from rukhsa.payments.models import Account, ChargeLine, DepositMovement, Entry, Payout
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.values.writing import span_in_words
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.pages import application_of
from rukhsa.web.shown_picture import answer_copy

MOST_SHOWN = 20
UNPROCESSABLE = 422
_LOCKED = {"default-src": [CSP.NONE], "img-src": [CSP.SELF]}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A part that was kept, with its reason and pictures."""

    movement: DepositMovement
    money: Money


@dataclass(frozen=True, kw_only=True)
class DepositShown:
    """One deposit as the applicant sees it."""

    application: Application
    name: Text
    paid: Money
    held: Money
    kept: list[Kept]
    release: DepositMovement | None
    released: Money | None
    payout: Payout | None
    is_unclaimed: bool
    account: str  # the last four characters of the account, or empty


def deposits_of(actor: Actor) -> list[DepositShown]:
    """The actor's deposits, the newest first, in a fixed number of queries."""
    mine = Application.objects.of_applicant(actor)
    lines = ChargeLine.objects.filter(
        kind=ChargeLine.Kind.DEPOSIT,
        amount__gt=0,
        charge__receipt__isnull=False,
        charge__application__in=mine,
    )
    needed = ("charge__application__service_version", "held_row")
    rows = lines.select_related(*needed).prefetch_related(
        "movements__payouts", "charge__application__deposit_accounts"
    )
    return shown(rows.order_by("-charge__receipt__at", "-pk")[:MOST_SHOWN])


def objections() -> dict[str, object] | None:
    """Within which time and where a forfeiture can be contested, as the territory defines it."""
    rule = territory().objections
    if rule is None:
        return None
    time = span_in_words(rule.within.count, rule.within.unit, get_language() or "ar")
    return {"time": time, "where": rule.where}


def shown(rows: Iterable[ChargeLine]) -> list[DepositShown]:
    """Deposits with their movements."""
    rows = list(rows)
    amounts: dict[int, dict[int | None, int]] = defaultdict(dict)
    entries = Entry.objects.filter(line__in=rows, account=Account.DEPOSITS)
    for line, movement, amount in entries.values_list("line_id", "posting__movement", "amount"):
        amounts[line][movement] = amount
    return [_shown(row, amounts[row.pk]) for row in rows]


def _shown(line: ChargeLine, amounts: dict[int | None, int]) -> DepositShown:
    currency = line.charge.currency
    movements = sorted(line.movements.all(), key=lambda each: each.pk)
    release = next((each for each in movements if each.kind == DepositMovement.Kind.RELEASED), None)
    kept = [
        Kept(movement=each, money=Money(minor=amounts.get(each.pk, 0), currency=currency))
        for each in movements
        if each.kind == DepositMovement.Kind.FORFEITED
    ]
    application = line.charge.application
    held_row = getattr(line, "held_row", None)
    return DepositShown(
        application=application,
        name=Text(**line.explanation["name"]) if "name" in line.explanation else Text(en=line.rule),
        paid=Money(minor=line.amount, currency=currency),
        held=Money(minor=-sum(amounts.values()), currency=currency),
        kept=kept,
        release=release,
        released=Money(minor=amounts.get(release.pk, 0), currency=currency) if release else None,
        payout=next((p for p in release.payouts.all() if p.state in Payout.LIVE), None) if release else None,
        is_unclaimed=bool(held_row and held_row.unclaimed_since),
        account=(release.iban if release else prefetched_iban_of(application))[-4:],
    )


@requires(Permission.APPLY)
@require_http_methods(["GET", "POST"])
def account(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The account to which the deposits of an application are returned.

    POST names the bank for confirmation; once confirmed, it records the account, and waiting payouts continue.
    """
    application = application_of(request, pk)
    typed, error, checked = request.POST.get("iban", ""), None, ""
    if request.method == "POST":
        try:
            checked = read_account(typed)
            if request.POST.get("confirmed") == checked:
                give_account(application, checked, actor=request.actor, at=timezone.now())
                return redirect("portal:money")
        except BadIban as bad:
            error = bad.text
    context = {
        "checked": checked,
        "bank": bank_named(checked),
        "application": application,
        "definition": application.definition,
        "known": iban_of(application),
        "typed": typed,
        "error": error,
    }
    return render(request, "portal/deposit_account.html", context, status=UNPROCESSABLE if error else 200)


@requires(Permission.APPLY)
@require_GET
@csp_override(_LOCKED)
def photo(request: PortalRequest, movement: int, digest: str) -> HttpResponseBase:
    """A picture of the damage, for the applicant whose deposit was kept."""
    mine = Application.objects.of_applicant(request.actor)
    found = DepositMovement.objects.filter(line__charge__application__in=mine).get(pk=movement)
    if digest not in found.photos:
        raise Http404
    record("see-photo", found, actor=request.actor, at=timezone.now())
    return answer_copy(digest)
