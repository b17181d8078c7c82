"""The income of a month for finance: what each service earned each authority, as a page that prints and as CSV."""

import csv
from datetime import date
from io import StringIO

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.audit.security import Event
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.reconciliation.income import IncomeRow, income, total
from rukhsa.web.access import PortalRequest, requires


@requires(Permission.READ_MONEY, Permission.RECONCILE)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The income of the month that the address names, or of this month, of all authorities of the reader."""
    mine = request.actor.authorities_where(Permission.READ_MONEY, Permission.RECONCILE)
    month = _month_in(request.GET.get("month", ""))
    rows = income(mine, month)
    is_file = request.GET.get("as") == "csv"
    act = Event.EXPORT_INCOME if is_file else "see-income"
    at = timezone.now()
    record(act, request.actor.person, actor=request.actor, at=at, month=f"{month:%Y-%m}")
    if is_file:
        return _as_csv(rows, month)
    called = ServiceVersion.objects.names({row.version for row in rows})
    by_authority = []
    for code in sorted(mine):
        earned = [row for row in rows if row.authority == code]
        lines = [(called[row.version], row.amounts) for row in earned]
        sums = [row.amounts for row in total(earned)]
        by_authority.append((territory().authority(code).name(on=month), lines, sums))
    context = {
        "month": month,
        "by_authority": by_authority,
        "total": [row.amounts for row in total(rows)] if len(by_authority) > 1 else [],
        "made_at": at,
        "newest": f"{timezone.localdate():%Y-%m}",
    }
    return render(request, "desk/income.html", context)


def _month_in(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def _as_csv(rows: list[IncomeRow], month: date) -> HttpResponse:
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(("month", "authority", "service", "fees", "fines", "forfeitures", "total", "currency"))
    for row in rows:
        writer.writerow((f"{month:%Y-%m}", row.authority, row.service, *row.amounts, row.currency))
    headers = {"Content-Disposition": f'attachment; filename="income-{month:%Y-%m}.csv"'}
    return HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
