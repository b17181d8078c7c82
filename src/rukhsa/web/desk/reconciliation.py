"""The pages of reconciliation: statements, open differences and who handles them, and the payments of a day."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.audit.security import Event
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.payments.gateways.registry import names
from rukhsa.reconciliation import cash
from rukhsa.reconciliation.errors import ReconciliationError
from rukhsa.reconciliation.explanation import explain
from rukhsa.reconciliation.formats import PARSERS
from rukhsa.reconciliation.formats.read import BadStatement
from rukhsa.reconciliation.models import Difference, Statement
from rukhsa.reconciliation.statement_difference import assign_owner, payments_behind, possible_owners
from rukhsa.reconciliation.statement_intake import LARGEST, take_in
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, day_in
from rukhsa.web.sentences import sentence_of

A_PAGE = 50
_UNPAID = (Difference.Kind.MISSING_HERE, Difference.Kind.NOT_SETTLED_HERE)
_READING = (Permission.READ_MONEY, Permission.RECONCILE)
KINDS: dict[str, Promise] = {
    Difference.Kind.MISSING_HERE: _("Taken by the gateway, unknown in our books"),
    Difference.Kind.NOT_SETTLED_HERE: _("Taken by the gateway, unpaid in our books"),
    Difference.Kind.MISSING_THERE: _("Paid in our books, missing from every statement"),
    Difference.Kind.AMOUNT: _("Another amount"),
    Difference.Kind.TWICE: _("Listed twice by the gateway"),
    Difference.Kind.LATE: _("Found more than a day later"),
    Difference.Kind.WRONG_DAY: _("In the statement of another day"),
}


@requires(Permission.READ_MONEY, Permission.RECONCILE)
@require_http_methods(["GET", "POST"])
def statements(request: PortalRequest) -> HttpResponse:
    """The statements, the newest first; posting takes one in."""
    error: Promise | str | None = None
    if request.method == "POST":
        try:
            made = _take_in(request)
        except BadStatement as refused:
            error = refused.text.in_language(request.LANGUAGE_CODE)
        else:
            found = made.differences.count()
            tell = messages.warning if found else messages.success
            tell(request, _("The statement was imported. Differences: %(count)s.") % {"count": found})
            return redirect("desk:differences" if found else "desk:statements")
    shown = Statement.objects.select_related("taken_by").prefetch_related("settlements")
    shown = shown.order_by("-day", "gateway", "-taken_at")[:A_PAGE]
    called = names()
    record("see-statements", request.actor.person, actor=request.actor, at=timezone.now())
    context = {
        "statements": [(each, called.get(each.gateway, each.gateway)) for each in shown],
        "gateways": [(code, name) for code, name in called.items() if code in PARSERS],
        "typed": {
            "gateway": request.POST.get("gateway", ""),
            "day": request.POST.get("day", str(timezone.localdate() - timedelta(days=1))),
        },
        "today": timezone.localdate(),
        "error": error,
    }
    return render(request, "desk/statements.html", context, status=UNPROCESSABLE if error else 200)


@requires(Permission.READ_MONEY, Permission.RECONCILE)
@require_GET
def differences(request: PortalRequest) -> HttpResponse:
    """The open differences, the oldest first; optionally only one's own."""
    found = Difference.objects.on_which(request.actor, *_READING).open().owned().order_by("found_at", "pk")
    is_mine = request.GET.get("mine") == "yes"
    if is_mine:
        found = found.of(request.actor.person)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    people = Person.objects.in_bulk({each.owner for each in page if each.owner})  # type: ignore[attr-defined]
    record("see-differences", request.actor.person, actor=request.actor, at=timezone.now())
    at, called = timezone.now(), names()
    rows = [
        {
            "difference": each,
            "kind": KINDS[each.kind],
            "gateway": called.get(each.gateway, each.gateway),
            "owner": people.get(each.owner),  # type: ignore[attr-defined]
            "days": (at - each.found_at).days,
        }
        for each in page
    ]
    return render(request, "desk/differences.html", {"rows": rows, "page": page, "is_mine": is_mine})


@requires(Permission.READ_MONEY, Permission.RECONCILE)
@require_GET
def difference(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A difference, with all notes on it."""
    found = _reach(request.actor, pk)
    record("see-difference", found, actor=request.actor, at=timezone.now())
    return _page(request, found)


@requires(Permission.RECONCILE)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Assign a difference, add a note, or close it."""
    found, text, at = _reach(request.actor, pk), request.POST.get("text", ""), timezone.now()
    acts: dict[str, Callable[[], object]] = {
        "give": lambda: assign_owner(found, _chosen(request, found, at), actor=request.actor, at=at),
        "explain": lambda: explain(found, text, closes=False, actor=request.actor, at=at),
        "close": lambda: explain(found, text, closes=True, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except ReconciliationError as refused:
        return _page(request, _reach(request.actor, pk), error=sentence_of(refused.code), text=text)
    messages.success(request, _("Saved."))
    return redirect("desk:difference", pk)


@requires(Permission.READ_MONEY, Permission.RECONCILE)
@require_GET
@transaction.atomic
def cash_of_a_day(request: PortalRequest) -> HttpResponse:
    """The cash report of an authority and day, as a page, a workbook or JSON."""
    ours = Authority.objects.on_which(request.actor, *_READING).order_by("ordinal")
    authority = ours.filter(code=request.GET.get("authority", "")).first() or ours.first()
    if authority is None:
        raise Http404
    report = cash.cash_report(authority, day_in(request.GET.get("day", "")), at=timezone.now())
    form = request.GET.get("as", "page")
    act = "see-cash" if form not in ("xlsx", "json") else Event.EXPORT_CASH
    record(act, request.actor.person, actor=request.actor, at=timezone.now(), authority=authority.code)
    name = f"cash-{authority.code}-{report.day}"
    if form == "xlsx":
        content = cash.as_xlsx(report, language=request.LANGUAGE_CODE)
        return _file(
            content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", f"{name}.xlsx"
        )
    if form == "json":
        return _file(cash.as_json(report).encode(), "application/json", f"{name}.json")
    called = names()
    rows = [(row, called.get(row.gateway, row.gateway), *row.amounts) for row in report.rows]
    today = timezone.localdate()
    context = {
        "report": report,
        "rows": rows,
        "authority": authority.name(on=report.day),
        "authorities": [(each, each.name(on=today)) for each in ours],
        "today": today,
    }
    return render(request, "desk/cash.html", context)


def _take_in(request: PortalRequest) -> Statement:
    code, file = request.POST.get("gateway", ""), request.FILES.get("file")
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise BadStatement(en="Say of which day it is.", ar="اذكر يوم الكشف.") from None
    if code not in PARSERS or code not in names():
        raise BadStatement(en="Say of which gateway it is.", ar="اذكر بوابة الكشف.")
    if file is None or file.size is None:
        raise BadStatement(en="Choose the file.", ar="اختر الملف.")
    if file.size > LARGEST:
        raise BadStatement(en="The file is larger than 32 MB.", ar="حجم الملف أكثر من 32 ميغابايت.")
    return take_in(code, file.read(), day=day, actor=request.actor, at=timezone.now())


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": disposition})


def _reach(actor: Actor, pk: UUID) -> Difference:
    return Difference.objects.on_which(actor, *_READING).owned().select_related("statement").get(pk=pk)


def _chosen(request: PortalRequest, found: Difference, at: datetime) -> Person:
    wanted = request.POST.get("owner", "")
    chosen = next((each for each in possible_owners(found, at) if str(each.pk) == wanted), None)
    return chosen or request.actor.person


def _page(
    request: PortalRequest, found: Difference, *, error: Promise | str | None = None, text: str = ""
) -> HttpResponse:
    at = timezone.now()
    explanations = list(found.explanations.select_related("person").order_by("pk"))
    here = request.actor.authorities_where(Permission.READ_MONEY)
    payments = list(payments_behind(found).filter(charge__application__authority__in=here))
    context = {
        "payments": payments,
        "paid_meanwhile": found.kind in _UNPAID
        and payments
        and all(each.charge.is_settled for each in payments),
        "difference": found,
        "kind": KINDS[found.kind],
        "gateway": names().get(found.gateway, found.gateway),
        "days": found.age(at).days,
        "owner": Person.objects.filter(pk=found.owner).first(),  # type: ignore[attr-defined]
        "owners": possible_owners(found, at),
        "explanations": explanations,
        "is_open": not any(each.closes for each in explanations),
        "may_act": request.actor.holds(Permission.RECONCILE, at=found.scope),
        "error": error,
        "text": text,
    }
    return render(request, "desk/difference.html", context, status=UNPROCESSABLE if error else 200)
