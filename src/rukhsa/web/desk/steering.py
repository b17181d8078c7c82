"""The director's pages: the figures of a month, how each is defined, and what the authority spends."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.figures import cost
from rukhsa.figures.aggregate import MonthRow
from rukhsa.figures.cost import Item
from rukhsa.figures.registry import FIGURES
from rukhsa.figures.summary import Sums, months_before, percent, read, services_in
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text
from rukhsa.web import bars
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import figure_words
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.sentences import sentence_of
from rukhsa.web.templatetags.texts import month_in_words, text


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Of what the page tells: a month, some authorities, one service or all."""

    month: date
    authorities: tuple[str, ...]
    authority: str  # the one that was chosen; empty: all of the reader's
    service: str


@requires(Permission.READ_FIGURES)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The figures of a month, beside those of the same month a year before; or all rows of it as CSV."""
    mine = sorted(request.actor.authorities_where(Permission.READ_FIGURES))
    rows = MonthRow.objects.on_which(request.actor, Permission.READ_FIGURES)
    months = list(rows.order_by("-begins").values_list("begins", flat=True).distinct())
    chosen = _chosen(request, mine, months)
    whole = read(_of(rows, chosen), month=chosen.month)
    record(
        "see-figures", request.actor.person, actor=request.actor, at=timezone.now(), month=str(chosen.month)
    )
    if request.GET.get("as") == "csv":
        return _as_csv(whole.where(month=chosen.month), chosen)
    names = _definitions()
    context = {
        "chosen": chosen,
        "months": [(each.strftime("%Y-%m"), month_in_words(each)) for each in months],
        "authorities": [(code, _authority(code, chosen.month)) for code in mine],
        "services": [(each, _called(each, names)) for each in services_in(whole.rows)],
        **_told(whole, chosen, names),
    }
    return render(request, "desk/figures.html", context)


@requires(Permission.READ_FIGURES)
@require_GET
def definitions(request: PortalRequest) -> HttpResponse:
    """How each figure is defined."""
    return render(request, "desk/figure_definitions.html", {"figures": FIGURES})


@requires(Permission.ENTER_COSTS)
@require_http_methods(["GET", "POST"])
def spending(request: PortalRequest) -> HttpResponse:
    """What each item costs an authority, with its source; posting says one of them."""
    ours = Authority.objects.on_which(request.actor, Permission.ENTER_COSTS).order_by("ordinal")
    sent = request.POST if request.method == "POST" else request.GET
    authority = ours.filter(code=sent.get("authority", "")).first() or ours.first()
    if authority is None:
        raise Http404
    error: Any = None
    if request.method == "POST":
        try:
            _enter(request, authority)
        except (RukhsaError, ValueError) as refused:
            error = sentence_of(getattr(refused, "code", "bad-amount"))
        else:
            return redirect(f"{request.path}?authority={authority.code}")
    today = timezone.localdate()
    context = {
        "authority": authority,
        "authorities": [(each.code, _authority(each.code, today)) for each in ours],
        "costs": cost.costs([authority.code], month=today)[authority.code].values(),
        "typed": request.POST,
        "said_on": request.POST.get("said-on", ""),
        "today": today,
        "currency": territory().currency,
        "error": error,
    }
    return render(request, "desk/spending.html", context, status=UNPROCESSABLE if error else 200)


def _enter(request: PortalRequest, authority: Authority) -> None:
    item = request.POST.get("item", "")
    if item not in Item.values:
        raise MoneyError(item)
    cost.enter_cost(
        authority,
        item,
        Money.parse(request.POST.get("amount", "").strip().lstrip("-"), territory().currency),
        source=request.POST.get("source", ""),
        said_on=date.fromisoformat(request.POST.get("said-on", "")),
        counts_from=timezone.localdate(),
        actor=request.actor,
        at=timezone.now(),
    )


def _told(whole: Sums, chosen: Chosen, names: dict[str, Definition]) -> dict[str, Any]:
    """What the page tells, in its order."""
    costs = cost.costs(chosen.authorities, month=chosen.month)
    of_all = whole.where(month=chosen.month)
    now, before = of_all, whole.where(month=months_before(chosen.month, 12))
    if chosen.service:
        whole, now, before = (each.where(service=chosen.service) for each in (whole, now, before))
    parties = [(str(figure_words.PARTIES[party]), seconds, share) for party, seconds, share in now.parties]
    ended = now.where(figure="days-by-party", key="officer").count or 1  # each application has all parties
    return {
        "now": now,
        "before": before,
        "cost": now.cost(costs, of_all),
        "is_assumed": any(each.said is None for of in costs.values() for each in of.values()),
        "documents": _by_month(whole, chosen.month),
        "parties": bars.shares(
            "parties",
            _("How the days are spent"),
            "، ".join(f"{name} {share} %" for name, _s, share in parties),
            parties,
        ),
        "party_days": [(name, seconds / 86400 / ended, share) for name, seconds, share in parties],
        "by_service": _by_service(of_all if not chosen.service else now, of_all, costs, names),
        "backlog": [(age.removesuffix("-") + "+" * age.endswith("-"), count) for age, count in now.backlog],
        "days_of_parties": figure_words.days_of_parties(now),
        "returns": figure_words.returns(now, names),
        "return_reasons": figure_words.return_reasons(now),
        "refusals": figure_words.refusals(now),
        "second_looks": figure_words.second_looks(now),
        "money": figure_words.money(now),
        "income": _income(now, names),
        "channels": figure_words.channels(now),
        "verdicts": figure_words.verdicts(now),
        "visits": now.where(figure="visits-avoided").count,
        "issued": _compared(now, before, "documents"),
    }


def _by_month(whole: Sums, month: date) -> bars.Chart:
    counts = whole.counts("documents", "month")
    values = [
        (month_in_words(each), counts.get(each, 0))  # type: ignore[call-overload]
        for each in (months_before(month, back) for back in range(12, -1, -1))
    ]
    told = "; ".join(f"{name}: {count:,}" for name, count in values)
    return bars.bars("documents", _("Documents by month"), told, values)


def _by_service(shown: Sums, of_all: Sums, costs: Any, names: dict[str, Definition]) -> list[dict[str, Any]]:
    rows = [
        {
            "name": _called(service, names),
            "documents": of.where(figure="documents").count,
            "median": of.decided_within(50),
            "nine_of_ten": of.decided_within(90),
            "in_time": of.in_time,
            "cost": of.cost(costs, of_all),
        }
        for service, of in shown.by("service").items()
        if service
    ]
    return sorted(rows, key=lambda row: -row["documents"])


def _income(now: Sums, names: dict[str, Definition]) -> list[tuple[str, Money, Money]]:
    """Fees and fines of each service, the most first."""
    currency = territory().currency
    rows = []
    for service, of in now.where(figure="money").by("service").items():
        totals = of.totals("money")
        fees, fines = (Money(minor=totals.get(key, 0), currency=currency) for key in ("fees", "fines"))
        if fees.minor or fines.minor:
            rows.append((_called(service, names), fees, fines))
    return sorted(rows, key=lambda row: -row[1].minor - row[2].minor)


def _compared(now: Sums, before: Sums, figure: str) -> dict[str, Any]:
    count, then = (each.where(figure=figure).count for each in (now, before))
    change = percent(count - then, then) if then else None
    return {"count": count, "change": change}


def _chosen(request: PortalRequest, mine: Iterable[str], months: list[date]) -> Chosen:
    asked = request.GET.get("authority", "")
    authority = asked if asked in mine else ""
    wanted = request.GET.get("month", "")
    newest = months[0] if months else timezone.localdate().replace(day=1)
    month = next((each for each in months if each.strftime("%Y-%m") == wanted), newest)
    return Chosen(
        month=month,
        authorities=(authority,) if authority else tuple(mine),
        authority=authority,
        service=request.GET.get("service", "")[:60],
    )


def _of(rows: Any, chosen: Chosen) -> Any:
    return rows.filter(authority=chosen.authority) if chosen.authority else rows


def _definitions() -> dict[str, Definition]:
    current = ServiceVersion.objects.current().defer("source_text")
    return {version.service: version.definition for version in current}


def _called(service: str, names: dict[str, Definition]) -> str:
    return text(names[service].name) if service in names else service


def _authority(code: str, on: date) -> Text:
    return territory().authority(code).name(on=on)


def _as_csv(rows: Sums, chosen: Chosen) -> HttpResponse:
    """The rows of the month, as docs/figures.md defines them."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(("month", "authority", "service", "figure", "key", "count", "total"))
    shown = rows.where(service=chosen.service) if chosen.service else rows
    for row in sorted(shown.rows, key=str):
        writer.writerow((row.month.strftime("%Y-%m"), row.authority or "", *row[2:]))
    name = f"figures-{chosen.month:%Y-%m}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8", headers=disposition)
