"""The lines of a charge as people read them: how each came to its amount, for applicants and the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.payments.models import Charge, ChargeLine
from rukhsa.values.money import Money
from rukhsa.values.names import Text

_PER: dict[str, Promise] = {
    "metre": _("for each metre"),
    "square-metre": _("for each square metre"),
    "day": _("for each day"),
    "month": _("for each month"),
    "year": _("for each year"),
    "month-since": _("for each started month of delay"),
    "each": _("each"),
}


@dataclass(frozen=True, kw_only=True)
class Waived:
    """What two of the staff waived of a line, and why."""

    money: Money
    reason: str


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """One line of a charge: its name, quantity times unit amount, the bounds, and the result."""

    line: int  # the line's primary key
    rule: str
    name: Text
    kind: str
    money: Money
    units: int | None
    rounded_from: str  # what was measured, where a started unit was counted as a whole one
    each: Money | None
    per: Promise | str
    measure: str  # the value that selected the band
    at_least: Money | None
    at_most: Money | None
    phrase: Text | None  # for whom the row of the tariff is
    rate: str  # per cent of `whole`
    whole: Money | None  # the sum of other charges: it is a share of it, or fills it up
    fill_up: Money | None
    reason: Text | None  # of the tariff's row, or of the rule that waives it
    waived: tuple[Waived, ...]
    waived_by_rule: Money | None


def lines_of(charge: Charge) -> list[LineShown]:
    """The lines of a charge; without a query where they were prefetched."""
    lines: Iterable[ChargeLine] = charge.lines.all()
    return [line_shown(line, charge.currency) for line in sorted(lines, key=lambda line: line.pk)]


def line_shown(line: ChargeLine, currency: str) -> LineShown:
    told = line.explanation
    reason = told.get("reason")
    return LineShown(
        line=line.pk,
        rule=line.rule,
        name=Text(**told["name"]) if "name" in told else Text(en=line.rule),
        kind=line.kind,
        money=Money(minor=line.amount, currency=currency),
        units=told.get("units"),
        rounded_from=_rounded_from(told),
        each=_money(told, "amount", currency) if "units" in told else None,
        per=_PER.get(told.get("per", ""), ""),
        measure=told.get("measure", "") if "bands" in told and "units" not in told else "",
        at_least=_money(told, "at-least", currency),
        at_most=_money(told, "at-most", currency),
        phrase=Text(**told["phrase"]) if "phrase" in told else None,
        rate=told.get("rate", ""),
        whole=_money(told, "sum", currency),
        fill_up=_money(told, "fill-up", currency),
        reason=Text(**reason) if isinstance(reason, dict) else None,
        waived=tuple(
            Waived(money=Money.parse(each["amount"], currency), reason=each["reason"])
            for each in told.get("waivers", ())
        ),
        waived_by_rule=_money(told, "waived", currency),
    )


def _rounded_from(told: dict[str, Any]) -> str:
    if "units" not in told or "measure" not in told:
        return ""
    return "" if Decimal(told["measure"]) == told["units"] else str(told["measure"])


def _money(told: dict[str, str], name: str, currency: str) -> Money | None:
    return Money.parse(told[name], currency) if told.get(name) else None
