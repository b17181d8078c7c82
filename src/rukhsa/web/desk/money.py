"""Finance finds a payment: by amount, by any reference, by a card's last digits, by the day it was paid."""

import re
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.catalogue.territory import territory
from rukhsa.payments.charge_search import Criteria, search
from rukhsa.payments.models import Charge
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.rows import service_names

A_LIST = 50
FIELDS = ("amount", "reference", "card", "day")


@dataclass(frozen=True, kw_only=True)
class MoneyRow:
    """One charge in the list."""

    charge: Charge
    service: Text
    payer: Text


@requires(Permission.READ_MONEY)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest) -> HttpResponse:
    """GET asks what is known; POST finds, so that what was sought stands in no address."""
    typed = {name: latin_digits(request.POST.get(name, "")).strip()[:80] for name in FIELDS}
    context: dict[str, object] = {"typed": typed, "sought": False}
    if request.method == "GET":
        return render(request, "desk/money.html", context)
    sought, errors = _read(typed)
    if not errors and sought.is_empty:
        errors = {"amount": _("Write at least one of the four.")}
    if errors:
        return render(request, "desk/money.html", context | {"errors": errors}, status=UNPROCESSABLE)
    found = search(sought, actor=request.actor, only=A_LIST + 1)
    by = [name for name in FIELDS if typed[name]]
    record("seek-money", request.actor.person, actor=request.actor, at=timezone.now(), by=by)
    context |= {"sought": True, "rows": _rows(found[:A_LIST]), "has_more": len(found) > A_LIST}
    return render(request, "desk/money.html", context)


def _read(typed: dict[str, str]) -> tuple[Criteria, dict[str, Promise]]:
    errors: dict[str, Promise] = {}
    money, day = None, None
    if typed["amount"]:
        try:
            money = Money.parse(typed["amount"], territory().currency)
        except MoneyError:
            errors["amount"] = _("This is not an amount of money.")
    if typed["card"] and not re.fullmatch("[0-9]{4}", typed["card"]):
        errors["card"] = _("Write the last four digits of the card.")
    if typed["day"]:
        try:
            day = date.fromisoformat(typed["day"])
        except ValueError:
            errors["day"] = _("Write the day as 2026-11-26.")
    return Criteria(money=money, reference=typed["reference"].upper(), card=typed["card"], day=day), errors


def _rows(charges: list[Charge]) -> list[MoneyRow]:
    names = service_names({each.application.service_version_id for each in charges})
    return [
        MoneyRow(
            charge=each,
            service=names[each.application.service_version_id],
            payer=(each.application.company or each.application.applicant).name,
        )
        for each in charges
    ]
